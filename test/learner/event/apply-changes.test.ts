import { beforeAll, expect, test } from 'vitest'
import { createLearner } from '../../../src/learner/create-learner.ts'
import { type Backend, openBackend } from '../../../src/nn/backend.ts'
import type { Item } from '../../../src/records/definition.ts'
import type { Change, InterestBlock, ItemChange } from '../../../src/records/interest-block.ts'
import { smallPipeline, smallWorld, toBlocks } from '../interest-stream.ts'

let backend: Backend
beforeAll(async () => {
  backend = await openBackend('wasm')
})

const record = (id: string, more: Partial<ItemChange> = {}): ItemChange => ({
  ...{ kind: 'item', before: 0, number: 0, id, title: null, attributes: '{}', tags: [], deleted: false },
  ...{ partition: 0, offset: 0 },
  features: JSON.stringify([`side=${Number(id.slice(1)) % 2}`, 'kind=all']),
  ...more,
})
/** Two kinds of items, of which i0 … i39 have events; the others wait on their topic. */
const catalogue = Array.from({ length: 60 }, (_, k) => record(`i${59 - k}`))
const numbered = (changes: readonly ItemChange[]): Change[] => changes.map((each, k) => ({ ...each, number: k + 1 }))

/** Small events with changes before some of them, in blocks of 100. */
function blocksWith(changes: readonly ItemChange[], count = 400): InterestBlock[] {
  const blocks = toBlocks(smallWorld(count, 1), { shortLength: 4, size: 100 })
  const all = numbered(changes)
  return blocks.map((block, b) => {
    const own = all.filter(({ before }) => Math.floor(before / 100) === b)
    return { ...block, changes: own.map(each => ({ ...each, before: each.before - 100 * b })) }
  })
}
function consumeAll(blocks: readonly InterestBlock[], definition = smallPipeline()) {
  const learner = createLearner({ definition, backend })
  const recommendations = blocks.flatMap(block => learner.consume(block, 0, block.sequence.length).recommendations)
  return { learner, recommendations }
}

test('what is learned of events is the same, bit by bit, whatever else is known', () => {
  const with60 = consumeAll(blocksWith(catalogue)).learner
  const without = consumeAll(blocksWith([])).learner
  expect(with60.weightsSha256()).toBe(without.weightsSha256())
  expect(with60.scores()).toEqual(without.scores())
})

test('items are shown before their first event, with the propensity of their place', () => {
  const { recommendations } = consumeAll(blocksWith(catalogue))
  const unmet = recommendations.flatMap(({ items }) => items).filter(({ itemId }) => Number(itemId.slice(1)) >= 40)
  expect(new Set(unmet.map(({ itemId }) => itemId)).size).toBeGreaterThan(4)
  for (const { propensity } of unmet) {
    expect(propensity).toBeGreaterThan(0)
    expect(propensity).toBeLessThanOrEqual(1)
  }
})

const policies = ['champion', 'random', 'popularity', 'myopic', 'q-learning', 'dqn', 'a2c', 'ddpg-la'] as const
const everyArm = policies.map(policy => ({ name: `by-${policy}`, policy, share: 1 }))

test.for([
  ['an expression', 'item.stock > 0'],
  ['a function', (item: Item) => Number(item.attributes['stock'] ?? 1) > 0],
] as const)(
  'what is deleted or not available, by %s, is in no list of any arm from the next one on',
  ([, available]) => {
    const stocked = catalogue.map(each => ({ ...each, attributes: '{"stock":"3"}' }))
    const changes = [
      ...stocked,
      record('i3', { before: 200, deleted: true }),
      record('i4', { before: 200, attributes: '{"stock":"0"}' }),
      record('i5', { before: 200, attributes: '{"stock":"0"}' }),
      record('i5', { before: 300, attributes: '{"stock":"7"}' }),
      record('i6', { before: 200, deleted: true }),
      record('i6', { before: 300, attributes: '{"stock":"1"}' }),
    ].sort((a, b) => a.before - b.before)
    const definition = { ...smallPipeline({}, { everyMs: 0 }), arms: everyArm, available }
    const { recommendations } = consumeAll(blocksWith(changes), definition)
    expect(new Set(recommendations.map(({ arm }) => arm)).size).toBe(everyArm.length)
    const shown = (id: string, from: number, to: number) =>
      recommendations.filter(
        ({ sequence, items }) => sequence > from && sequence <= to && items.some(({ itemId }) => itemId === id),
      ).length
    for (const id of ['i3', 'i4', 'i5', 'i6'])
      expect([id, shown(id, 0, 200) > 0, shown(id, 200, 300)]).toEqual([id, true, 0])
    expect(['i3', 'i4', 'i5', 'i6'].map(id => shown(id, 300, 400) > 0)).toEqual([false, false, true, true])
  },
)

test('an item that is gone stays so when its place passes to another one and an event brings it back', () => {
  const gone = smallWorld(400, 1).findIndex(({ item }, k) => k > 250 && item === 'i3')
  const changes = [...catalogue, record('i3', { before: 10, deleted: true })]
  const { recommendations } = consumeAll(blocksWith(changes), smallPipeline({ maxItems: 30 }, { everyMs: 0 }))
  expect(gone).toBeGreaterThan(0)
  const after = recommendations.filter(({ sequence }) => sequence > 10)
  expect(after.filter(({ items }) => items.some(({ itemId }) => itemId === 'i3'))).toEqual([])
})

test('a learner that is saved between changes and restored goes on as if nothing had been', () => {
  const changes = [
    ...catalogue,
    ...Array.from({ length: 80 }, (_, k) =>
      record(`i${(7 * k) % 70}`, { before: 5 * k, deleted: k % 3 === 0, features: `["side=${k % 3}"]` }),
    ),
  ].sort((a, b) => a.before - b.before)
  const blocks = blocksWith(changes)
  const definition = smallPipeline({ maxItems: 45 })
  const straight = consumeAll(blocks, definition)
  let learner = createLearner({ definition, backend })
  const made = []
  for (const block of blocks) {
    for (let from = 0; from < block.sequence.length; from += 37) {
      made.push(...learner.consume(block, from, Math.min(from + 37, block.sequence.length)).recommendations)
      const state = learner.save()
      learner = createLearner({ definition, backend })
      learner.restore(state)
    }
  }
  expect(made).toEqual(straight.recommendations)
  expect(learner.save()).toEqual(straight.learner.save())
})
