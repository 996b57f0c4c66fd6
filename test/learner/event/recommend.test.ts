import { beforeAll, expect, test } from 'vitest'
import { createLearner } from '../../../src/learner/create-learner.ts'
import type { Learner } from '../../../src/learner/learner.ts'
import { type Backend, openBackend } from '../../../src/nn/backend.ts'
import type { PipelineDefinition } from '../../../src/records/definition.ts'
import type { InterestBlock } from '../../../src/records/interest-block.ts'
import type { Recommendation } from '../../../src/records/recommendation.ts'
import { smallPipeline, smallWorld, toBlocks } from '../interest-stream.ts'

let backend: Backend
beforeAll(async () => {
  backend = await openBackend()
})

const shortLength = 4

function listsOf(learner: Learner, blocks: readonly InterestBlock[]): Recommendation[] {
  return blocks.flatMap(block => learner.consume(block, 0, block.sequence.length).recommendations)
}

const run = (recommend: Partial<PipelineDefinition['recommend']>) => {
  const learner = createLearner({ definition: smallPipeline({}, recommend), backend })
  return listsOf(learner, toBlocks(smallWorld(400, 1), { shortLength, size: 1000 }))
}

test('lists come when event time says so, and never for a late event', () => {
  const events = [0, 30, 61, 10, 200].map(second => ({
    user: 'a',
    item: `i${second}`,
    time: 1e6 + 1000 * second,
    reward: 1,
  }))
  // What somebody else saw is there to be recommended.
  events.unshift(...['x', 'y'].map(item => ({ user: 'b', item, time: 1e6, reward: 1 })))
  const learner = createLearner({ definition: smallPipeline(), backend })
  const lists = listsOf(learner, toBlocks(events, { shortLength, size: 10 }))
  expect(lists.map(({ sequence }) => sequence)).toEqual([3, 5, 7])
})

test('lists are not made where there is nothing to recommend', () => {
  const learner = createLearner({ definition: smallPipeline(), backend })
  const alone = [{ user: 'a', item: 'x', time: 1e6, reward: 1 }]
  expect(listsOf(learner, toBlocks(alone, { shortLength, size: 10 }))).toEqual([])
})

test('lists have the length asked for, no item twice, nothing the user just had, and true propensities', () => {
  const later = run({}).filter(({ sequence, userId }) => sequence > 50 && userId !== '')
  for (const { items, recommendationId, sequence } of later) {
    expect(recommendationId).toBe(`small-${sequence}`)
    expect(items).toHaveLength(5)
    expect(new Set(items.map(({ itemId }) => itemId)).size).toBe(5)
    for (const { score, propensity, reason } of items) {
      expect(score).toBeGreaterThanOrEqual(0)
      expect(score).toBeLessThanOrEqual(1)
      expect(propensity).toBeGreaterThan(0)
      expect(propensity).toBeLessThanOrEqual(1)
      expect(reason).toMatch(/^(followed i\d+ \d+ times|popular now|close to your taste|exploring)$/)
    }
  }
})

test('without exploration every slot is certain', () => {
  const slots = run({ epsilon: 0 }).flatMap(({ items }) => items)
  expect(slots.every(({ propensity }) => propensity === 1)).toBe(true)
  expect(slots.some(({ reason }) => reason === 'exploring')).toBe(false)
})

test('lists of a log of nothing but picks have scores, though no AUC can be had of it', () => {
  const picks = smallWorld(400, 1).map(event => ({ ...event, reward: 1 }))
  const definition = smallPipeline({}, { everyMs: 0 }, { kind: 'watch', positiveFrom: 0.5 })
  const learner = createLearner({ definition, backend })
  listsOf(learner, toBlocks(picks, { shortLength, size: 100 }))
  expect(learner.scores().filter(({ metric }) => metric === 'auc')).toEqual([])
  expect(learner.served()).toContainEqual(
    expect.objectContaining({ span: 'all', events: expect.any(Number), hr10: expect.any(Number) }),
  )
})

test('lists differ between users', () => {
  const late = run({ epsilon: 0 })
    .slice(-30)
    .map(({ items }) => items.map(({ itemId }) => itemId).join())
  expect(new Set(late).size).toBeGreaterThan(15)
})
