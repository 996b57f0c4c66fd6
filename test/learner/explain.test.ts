import { beforeAll, expect, test } from 'vitest'
import { createLearner } from '../../src/learner/create-learner.ts'
import { type Backend, openBackend } from '../../src/nn/backend.ts'
import { smallPipeline, smallWorld, toBlocks } from './interest-stream.ts'

let backend: Backend
beforeAll(async () => {
  backend = await openBackend()
})

const definition = smallPipeline()
const blocks = toBlocks(smallWorld(400, 1), { shortLength: 4, size: 200 })
/** One sequence of user u3, as it stands in the second block. */
const asked = () => {
  const block = blocks[1]!
  const k = block.user.findIndex(user => block.users[user]!.id === 'u3')
  const from = block.shortCount.slice(0, k).reduce((sum, count) => sum + count, 0)
  const to = from + block.shortCount[k]!
  return {
    block: {
      ...block,
      shortCount: [to - from],
      shortItem: block.shortItem.slice(from, to),
      shortTime: block.shortTime.slice(from, to),
      shortReward: block.shortReward.slice(from, to),
    },
    userId: 'u3',
    time: block.time[k]!,
    itemIds: ['i1', 'i2', 'nobody knows it'],
  }
}

function learned() {
  const learner = createLearner({ definition, backend })
  learner.consume(blocks[0]!, 0, 200)
  return learner
}

test('the parts of an expectation add up to it, and known items alone are explained', () => {
  const learner = learned()
  const { events, items } = learner.explain(asked())!
  expect(events).toBeGreaterThan(0)
  expect(items.map(({ itemId }) => itemId)).toEqual(['i1', 'i2'])
  for (const item of items) {
    const sum = item.parts.reduce((total, { reward }) => total + reward, 0)
    expect(sum).toBeCloseTo(item.expected, 6)
    expect(item.deviation).toBeGreaterThan(0)
    expect(item.place).toBeGreaterThanOrEqual(1)
    expect(item.place).toBeLessThanOrEqual(item.candidates)
    expect(item.features).toHaveLength(3)
    expect(item.alike.reduce((total, { share }) => total + share, 0)).toBeLessThanOrEqual(1)
  }
  learner.dispose()
})

test('explaining changes nothing', () => {
  const [asking, silent] = [learned(), learned()]
  asking.explain(asked())
  for (const learner of [asking, silent]) learner.consume(blocks[1]!, 0, 200)
  expect(asking.save()).toEqual(silent.save())
  asking.dispose()
  silent.dispose()
})

test('nothing is said of a user who is not known', () => {
  const learner = learned()
  expect(learner.explain({ ...asked(), userId: 'nobody' })).toBeNull()
  learner.dispose()
})

test('where an agent ranks by an index, it is said as it is used for the user, with what the user has had much of', () => {
  const options = { sessionMinutes: 5, sessionsFirst: 3, updateEvery: 16 }
  const planned = { ...definition, arms: [{ name: 'plan', policy: 'ddpg-la' as const, share: 1, options }] }
  const tagged = smallWorld(400, 1).map(event => ({
    ...event,
    itemFeatures: JSON.stringify([Number(event.item.slice(1)) % 4 === 0 ? 'tag=Drama' : 'tag=War']),
  }))
  const learner = createLearner({ definition: planned, backend })
  for (const block of toBlocks(tagged, { shortLength: 4, size: 200 })) learner.consume(block, 0, 200)
  const { index } = learner.explain(asked())!
  expect(index).toMatchObject({ arm: 'plan', held: expect.stringMatching(/^(base|learned)/) })
  expect(index!.weights[0]).toEqual({ feature: 'rating', weight: 1 })
  expect(index!.speeds.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(index!.held === 'base' ? 0 : 1, 9)
  expect(index!.tired.map(({ theme }) => theme)).toContain('War')
  for (const { since } of index!.tired) expect(since).toBeGreaterThan(1_000_000)
  learner.dispose()
  const champion = learned()
  expect(champion.explain(asked())!.index).toBeNull()
  champion.dispose()
})
