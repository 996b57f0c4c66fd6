import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { openBackend } from '../../src/model/backend.ts'
import type { PipelineDefinition } from '../../src/pipeline/definition.ts'
import { defaultRecommend } from '../../src/recommend/defaults.ts'
import { createLearner } from '../../src/train/create-learner.ts'
import { defaultLearn } from '../../src/train/defaults.ts'
import { toBlocks } from './interest-stream.ts'

const folder = new URL('../../../shared/data/ml-100k/', import.meta.url)
const here = existsSync(new URL('u.data', folder))
if (!here)
  console.warn('SKIPPED: MovieLens 100K is not at ../shared/data/ml-100k, so learning from real ratings is not tested.')

/** The first ratings by time, with the genres of each film and each user's gender, age and occupation. */
function ratings(count: number) {
  const lines = (name: string) => readFileSync(new URL(name, folder), 'latin1').trim().split('\n')
  const users = new Map(
    lines('u.user').map(line => {
      const [id, age, gender, occupation] = line.split('|')
      return [
        id!,
        JSON.stringify([`age=${Math.floor(Number(age) / 10)}`, `gender=${gender}`, `occupation=${occupation}`]),
      ]
    }),
  )
  const items = new Map(
    lines('u.item').map(line => {
      const [id, , , , , ...genres] = line.split('|')
      return [id!, JSON.stringify(genres.flatMap((is, k) => (is === '1' ? [`genre=${k}`] : [])))]
    }),
  )
  return lines('u.data')
    .map(line => line.split('\t') as [string, string, string, string])
    .sort((a, b) => Number(a[3]) - Number(b[3]))
    .slice(0, count)
    .map(([user, item, rating, seconds]) => ({
      user,
      item,
      time: Number(seconds) * 1000,
      reward: (Number(rating) - 1) / 4,
      userFeatures: users.get(user)!,
      itemFeatures: items.get(item)!,
    }))
}

test.skipIf(!here)(
  'on real ratings each policy is better than the one before it, and DDPG-LA no worse than its base',
  async () => {
    const definition = {
      name: 'movielens',
      scale: { kind: 'rating', min: 1, max: 5 },
      window: { shortLength: 5, usersInMemory: 1000, itemsInMemory: 1000 },
      learn: defaultLearn,
      recommend: defaultRecommend,
    } as PipelineDefinition
    const learner = createLearner({ definition, backend: await openBackend() })
    for (const block of toBlocks(ratings(20_000), { shortLength: 5, size: 500 })) {
      learner.consume(block, 0, block.sequence.length)
    }
    const rmse = new Map(
      learner.scores().flatMap(({ policy, metric, value }) => (metric === 'rmse' ? [[policy, value] as const] : [])),
    )
    expect(rmse.get('bias')).toBeLessThan(rmse.get('popularity')!)
    expect(rmse.get('factorisation')).toBeLessThan(rmse.get('bias')!)
    expect(rmse.get('factorisation')).toBeLessThan(0.99 * rmse.get('bias')!)
    expect(rmse.get('stack')).toBeLessThan(0.995 * rmse.get('factorisation')!)
    expect(rmse.get('stack')).toBeLessThan(0.94)
    expect(rmse.get('ddpg-la')).toBeLessThan(1.002 * rmse.get('stack')!)
    expect(['stack', 'ddpg-la']).toContain(learner.champion)
  },
  60_000,
)
