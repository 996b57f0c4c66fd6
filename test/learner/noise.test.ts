import { beforeAll, expect, test } from 'vitest'
import { createLearner } from '../../src/learner/create-learner.ts'
import { type Backend, openBackend } from '../../src/nn/backend.ts'
import type { Scale } from '../../src/records/definition.ts'
import { seededRandom } from '../../src/state/random.ts'
import { type SmallEvent, smallPipeline, toBlocks } from './interest-stream.ts'

const watch: Scale = { kind: 'watch', positiveFrom: 0.5 }
const meanings = {
  view: { again: 'always', target: false, against: false },
  buy: { again: 'never', target: true, against: false },
} as const

let backend: Backend
beforeAll(async () => {
  backend = await openBackend()
})

/** Scores by policy and metric after events that say nothing. */
function scoresOf(events: readonly SmallEvent[]): Map<string, Record<string, number>> {
  const behaviours = Object.keys(meanings)
  const definition = { ...smallPipeline({}, { length: 5 }, watch), behaviours, meanings }
  const learner = createLearner({ definition, backend })
  for (const block of toBlocks(events, { shortLength: 4, size: 500 })) learner.consume(block, 0, block.sequence.length)
  const found = new Map<string, Record<string, number>>()
  for (const { policy, metric, value } of learner.scores()) {
    found.set(policy, { ...found.get(policy), [metric]: value })
  }
  learner.dispose()
  return found
}

test('in a shop where nothing can be known, no policy tells picks from the rest among what is new', () => {
  const random = seededRandom(3, 'noise')
  const events: SmallEvent[] = []
  for (let time = 0; events.length < 3_000; time += 60_000) {
    const [user, item] = [`u${random.integer(60)}`, `i${random.integer(2_000)}`]
    // Most buy what they looked at a moment ago, some at once.
    const [looks, buys] = [random.uniform() < 0.8, random.uniform() < 0.3]
    if (looks) events.push({ user, item, behaviour: 'view', time, reward: 0.1 })
    if (buys) events.push({ user, item, behaviour: 'buy', time: time + 10_000, reward: 1 })
  }
  const scores = scoresOf(events)
  expect([...scores.keys()].length).toBeGreaterThan(4)
  for (const [policy, { auc }] of scores) {
    expect(Math.abs(auc! - 0.5), `${policy}: ${auc}`).toBeLessThan(0.06)
  }
})

test('without a pick among what is new there is no AUC that could deceive', () => {
  const random = seededRandom(4, 'noise')
  const events: SmallEvent[] = []
  for (let time = 0; events.length < 600; time += 60_000) {
    const [user, item] = [`u${random.integer(60)}`, `i${random.integer(2_000)}`]
    events.push({ user, item, behaviour: 'view', time, reward: 0.1 })
    if (random.uniform() < 0.3) events.push({ user, item, behaviour: 'buy', time: time + 10_000, reward: 1 })
  }
  for (const [policy, scores] of scoresOf(events)) expect(scores, policy).not.toHaveProperty('auc')
})
