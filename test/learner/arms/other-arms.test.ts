import { beforeAll, expect, test } from 'vitest'
import { createLearner } from '../../../src/learner/create-learner.ts'
import { type Backend, openBackend } from '../../../src/nn/backend.ts'
import type { Arm, PipelineDefinition } from '../../../src/records/definition.ts'
import type { Recommendation } from '../../../src/records/recommendation.ts'
import { smallPipeline, smallWorld, toBlocks } from '../interest-stream.ts'

let backend: Backend
let told: Recommendation[]
beforeAll(async () => {
  backend = await openBackend()
  told = run('yes')
})

const epsilon = 0.4
const options = { hidden: 4, state: 8, warmUp: 60, trainEvery: 16, batch: 16, memory: 400 }
const arms: Arm[] = [
  { name: 'today', policy: 'champion', share: 1 },
  { name: 'chance', policy: 'random', share: 1 },
  { name: 'far', policy: 'dqn', share: 1, options: { ...options, epsilon: { from: epsilon, to: epsilon, steps: 1 } } },
]

function run(alternatives: 'yes' | 'no', restartAt?: number) {
  const definition: PipelineDefinition = {
    ...smallPipeline({ maxUsers: 40, blockSize: 48, checkpointEvery: 100 }, { everyMs: 0, alternatives }),
    ...{ arms, plan: { exclude: 6, vectorSize: 0, profileSize: 0 } },
  }
  const events = smallWorld(400, 1)
  const [block] = toBlocks(events, { shortLength: 4, size: events.length })
  let learner = createLearner({ definition, backend })
  const cut = restartAt ?? events.length
  const lists = [...learner.consume(block!, 0, cut).recommendations]
  if (restartAt !== undefined) {
    const state = learner.save()
    learner = createLearner({ definition, backend })
    learner.restore(state)
    lists.push(...learner.consume(block!, cut, events.length).recommendations)
  }
  return lists
}

test('lists say what every other agent would have shown first, and nothing of the champion or of themselves', () => {
  const asked = { today: ['chance', 'far'], chance: ['far'], far: ['chance'] }
  for (const { arm, items } of told) {
    const [first, ...rest] = items
    expect(Object.keys(first!.alternatives!)).toEqual(asked[arm as keyof typeof asked])
    for (const { propensity, itemId } of Object.values(first!.alternatives!)) {
      expect(propensity).toBeGreaterThanOrEqual(0)
      expect(propensity).toBeLessThanOrEqual(1)
      expect(itemId).not.toBe('')
    }
    for (const item of rest) expect(item.alternatives).toBeUndefined()
  }
})

test('what is told is the chance that the agent would have shown the item', () => {
  for (const { arm, items } of told) {
    const { propensity: own, alternatives } = items[0]!
    // Both bar the same items, so that one's chance says how many there are to choose from.
    if (arm === 'chance') {
      const other = alternatives!['far']!.propensity
      const exploring = epsilon * own
      expect(Math.min(Math.abs(other - exploring), Math.abs(other - exploring - (1 - epsilon)))).toBeLessThan(1e-12)
    }
    if (arm === 'far') {
      const other = alternatives!['chance']!.propensity
      expect(Math.min(Math.abs(own - epsilon * other), Math.abs(own - epsilon * other - (1 - epsilon)))).toBeLessThan(
        1e-12,
      )
    }
  }
})

test('asking changes nothing of what anybody is shown, and nobody is asked unless it is wanted', () => {
  const plain = run('no')
  const without = told.map(list => ({
    ...list,
    items: list.items.map(({ alternatives: _, ...item }) => item),
  }))
  expect(without).toEqual(plain)
})

test('a learner that stopped and went on tells the same', () => {
  expect(run('yes', 170)).toEqual(told)
})

test('a draw of the agent that shows all items alike is any of them', () => {
  const drawn = new Set(told.flatMap(({ items: [first] }) => first!.alternatives?.['chance']?.itemId ?? []))
  expect(drawn.size).toBeGreaterThan(20)
})
