import { expect, test } from 'vitest'
import { defaultArms } from '../../src/arms/defaults.ts'
import { createLearner } from '../../src/learner/create-learner.ts'
import { openBackend } from '../../src/nn/backend.ts'
import type { PipelineDefinition } from '../../src/records/definition.ts'
import { defaultGuard, defaultLearn, defaultPlan, defaultRecommend } from '../../src/settings/defaults.ts'
import { firstRatings, movieLensIsHere } from '../movielens.ts'
import { toBlocks } from './interest-stream.ts'

test.skipIf(!movieLensIsHere)(
  'on real ratings each policy is better than the one before it, and DDPG-LA no worse than its base',
  async () => {
    const definition = {
      name: 'movielens',
      behaviours: ['watch'],
      meanings: { watch: { again: 'never', target: true, against: false } },
      scale: { kind: 'rating', min: 1, max: 5 },
      window: { shortLength: 5, usersInMemory: 1000, itemsInMemory: 1000 },
      learn: defaultLearn,
      recommend: defaultRecommend,
      arms: defaultArms,
      plan: defaultPlan,
      rules: [],
      guard: defaultGuard,
    } as unknown as PipelineDefinition
    const learner = createLearner({ definition, backend: await openBackend() })
    for (const block of toBlocks(firstRatings(20_000), { shortLength: 5, size: 500 })) {
      learner.consume(block, 0, block.sequence.length)
    }
    const rmse = new Map(
      learner.scores().flatMap(({ policy, metric, value }) => (metric === 'rmse' ? [[policy, value] as const] : [])),
    )
    expect(rmse.get('bias')).toBeLessThan(rmse.get('popularity')!)
    expect(rmse.get('factorisation')).toBeLessThan(rmse.get('bias')!)
    expect(rmse.get('factorisation')).toBeLessThan(0.99 * rmse.get('bias')!)
    expect(rmse.get('ensemble')).toBeLessThan(0.995 * rmse.get('factorisation')!)
    expect(rmse.get('ensemble')).toBeLessThan(0.94)
    expect(rmse.get('ddpg-la-residual')).toBeLessThan(1.002 * rmse.get('ensemble')!)
    expect(['ensemble', 'ddpg-la-residual']).toContain(learner.champion)
  },
  60_000,
)
