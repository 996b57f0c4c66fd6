import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeBlock, encodeBlock } from '../../../src/codec/block.ts'
import { BlockBuilder } from '../../../src/ingest/window/block-builder.ts'
import { halvesOf } from '../../../src/ingest/window/halves.ts'
import { newUser } from '../../../src/ingest/window/user-state.ts'
import { windowEvent } from '../../../src/ingest/window/window.ts'
import type { InterestBlock } from '../../../src/records/interest-block.ts'
import { sequencesOf } from '../../../src/testing/outputs.ts'
import { event } from '../../warehouse/fixtures.ts'

const parent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
const events = fc.array(
  fc.record({ user: fc.nat(3), item: fc.nat(5), time: fc.nat(50), features: fc.constantFrom('[]', '["a=b"]') }),
  { minLength: 1, maxLength: 40 },
)

test('the halves of a block say what the whole did, in its order, with no string that they do not need', () => {
  fc.assert(
    fc.property(events, given => {
      const builder = new BlockBuilder(1_000)
      const users = Array.from({ length: 4 }, () => newUser())
      for (const [i, { user, item, time, features }] of given.entries()) {
        const ids = { userId: `u${user}`, itemId: `i${item}`, behaviour: item % 2 === 0 ? 'view' : 'like' }
        windowEvent(event(i + 1, { ...ids, time, userFeatures: features }), users[user]!, 3, builder)
      }
      const [block] = builder.take()
      block!.traces = block!.sequence.map(sequence => ({ sequence, parent, state: '' }))
      const halves = halvesOf(block!)
      if (given.length === 1) return void expect(halves).toBeNull()
      const decoded = halves!.map(half => decodeBlock(encodeBlock(half)))
      expect(decoded.flatMap(half => sequencesOf(half))).toEqual(sequencesOf(block!))
      for (const half of decoded) expect(half.traces.map(({ sequence }) => sequence)).toEqual(half.sequence)
      expect(Math.abs(decoded[0]!.sequence.length - decoded[1]!.sequence.length)).toBeLessThanOrEqual(1)
      for (const { user, users, item, shortItem, items, behaviour, behaviours } of decoded) {
        expect(new Set(user).size).toBe(users.length)
        expect(new Set([...item, ...shortItem]).size).toBe(items.length)
        expect(new Set(behaviour).size).toBe(behaviours.length)
      }
    }),
  )
})

test('changes stay with the sequence that they come before; before a single one, they are halved by themselves', () => {
  const builder = new BlockBuilder(1_000)
  for (let i = 1; i <= 3; i++) windowEvent(event(i, { userId: 'u' }), newUser(), 3, builder)
  const [block] = builder.take()
  block!.changes = [0, 1, 1, 3].map((before, at) => ({ ...excluded, before, number: at + 1 }))
  const placesIn = ({ changes }: InterestBlock) => changes.map(({ before, number }) => [before, number])
  const [first, second] = halvesOf(block!)!
  expect([placesIn(first), placesIn(second)]).toEqual([
    [[0, 1]],
    [
      [0, 2],
      [0, 3],
      [2, 4],
    ],
  ])
  const [before, then] = halvesOf(halvesOf(second)![0])!
  expect([before.sequence, placesIn(before)]).toEqual([[], [[0, 2]]])
  expect([then.sequence, placesIn(then)]).toEqual([[2], [[0, 3]]])
  expect(halvesOf(before)).toBeNull()
})

const excluded = { kind: 'excluded' as const, id: 'u', items: ['i'], until: [Number.POSITIVE_INFINITY] }
