import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BlockBuilder } from '../../../src/ingest/window/block-builder.ts'
import { newUser } from '../../../src/ingest/window/user-state.ts'
import { windowEvent } from '../../../src/ingest/window/window.ts'
import { signalNames, signalOf } from '../../../src/records/signals.ts'
import type { EnrichedEvent } from '../../../src/records/warehouse.ts'

const event = (sequence: number, time: number, itemId = `i${sequence}`, userFeatures = '[]'): EnrichedEvent => ({
  sequence,
  partition: 0,
  offset: sequence - 1,
  eventId: `e${sequence}`,
  userId: 'u',
  itemId,
  behaviour: 'view',
  time,
  value: null,
  properties: null,
  recommendationId: null,
  reward: 0.5,
  liked: false,
  late: false,
  userKnown: true,
  itemKnown: true,
  userFeatures,
  itemFeatures: '["tag=x"]',
  count: 0,
  generation: 1,
})

test('a sequence carries the short window that stood before it, the count and what is new', () => {
  const blocks = new BlockBuilder(100)
  const user = newUser()
  for (const [sequence, time] of [
    [1, 10],
    [2, 20],
    [3, 30],
  ] as const) {
    windowEvent(event(sequence, time), user, 2, blocks)
  }
  const [block] = blocks.take()
  expect(block!.sequence).toEqual([1, 2, 3])
  expect(block!.count).toEqual([1, 2, 3])
  expect(block!.shortCount).toEqual([0, 1, 2])
  expect(block!.shortItem.map(index => block!.items[index]!.id)).toEqual(['i1', 'i1', 'i2'])
  expect(block!.shortTime).toEqual([10, 10, 20])
  expect(user.items).toEqual(['i2', 'i3'])
})

test('a sequence says what its event said beside the reward, whatever it says of it', () => {
  const properties = [null, '{"duration":12}', '{"duration":1.2e1}', '{"duration":12,"click":1}', '{"click":1}']
  const blocks = new BlockBuilder(100)
  const user = newUser()
  properties.forEach((said, k) => {
    windowEvent({ ...event(k + 1, k), value: 6, properties: said }, user, 2, blocks)
  })
  const [block] = blocks.take()
  const said = (name: (typeof signalNames)[number]) =>
    block!.signals.map(packed => signalOf(packed, signalNames.indexOf(name)))
  expect(said('share').map(share => Math.round(share * 100))).toEqual([Number.NaN, 50, 50, 50, Number.NaN])
  expect(said('click')).toEqual([Number.NaN, Number.NaN, Number.NaN, 1, 1])
})

test('a late event is marked and goes where its time belongs', () => {
  const blocks = new BlockBuilder(100)
  const user = newUser()
  for (const [sequence, time] of [
    [1, 10],
    [2, 30],
    [3, 20],
  ] as const) {
    windowEvent(event(sequence, time), user, 3, blocks)
  }
  expect(blocks.take()[0]!.late).toEqual([0, 0, 1])
  expect(user.items).toEqual(['i1', 'i3', 'i2'])
})

test('the short window holds the last records by time and row, whatever the order they came in', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 40 }),
      fc.integer({ min: 1, max: 5 }),
      (times, length) => {
        const user = newUser()
        const blocks = new BlockBuilder(1000)
        for (const [k, time] of times.entries()) windowEvent(event(k + 1, time), user, length, blocks)
        const expected = times
          .map((time, k) => ({ time, row: k + 1 }))
          .sort((a, b) => a.time - b.time || a.row - b.row)
          .slice(-length)
        expect(user.items).toEqual(expected.map(({ row }) => `i${row}`))
        expect(user.times).toEqual(expected.map(({ time }) => time))
      },
    ),
  )
})

test('blocks are cut by size, and hold a user twice whose features changed between', () => {
  const blocks = new BlockBuilder(2)
  const user = newUser()
  windowEvent(event(1, 10, 'i', '["age=1"]'), user, 2, blocks)
  windowEvent(event(2, 20, 'i', '["age=2"]'), user, 2, blocks)
  windowEvent(event(3, 30, 'i', '["age=2"]'), user, 2, blocks)
  const taken = blocks.take()
  expect(taken.map(block => block.sequence)).toEqual([[1, 2], [3]])
  expect(taken[0]!.users).toEqual([
    { id: 'u', features: '["age=1"]', attributes: '' },
    { id: 'u', features: '["age=2"]', attributes: '' },
  ])
  expect(blocks.take()).toEqual([])
})

test('leaves out what is on the topic already, and moves the window on all the same', () => {
  const blocks = new BlockBuilder(100, { sequence: 2, change: 0 })
  const user = newUser()
  for (const sequence of [1, 2, 3]) windowEvent(event(sequence, sequence), user, 2, blocks)
  const [block] = blocks.take()
  expect(block!.sequence).toEqual([3])
  expect(block!.count).toEqual([3])
  expect(block!.shortCount).toEqual([2])
})

test('a block is finished before its strings make it too large for a record', () => {
  const blocks = new BlockBuilder(512)
  const features = JSON.stringify(['x'.repeat(50_000)])
  for (let k = 1; k <= 30; k++) {
    windowEvent({ ...event(k, k, `i${k}`), userId: `u${k}`, userFeatures: features }, newUser(), 2, blocks)
  }
  const taken = blocks.take()
  expect(taken.flatMap(block => block.sequence)).toEqual(Array.from({ length: 30 }, (_, k) => k + 1))
  for (const block of taken) expect(block.users.length).toBeLessThanOrEqual(13)
})
