import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeBlock, encodeBlock } from '../../../src/codec/block.ts'
import { BlockBuilder } from '../../../src/ingest/window/block-builder.ts'
import { halvesOf } from '../../../src/ingest/window/halves.ts'
import { newUser } from '../../../src/ingest/window/user-state.ts'
import { windowEvent } from '../../../src/ingest/window/window.ts'
import { sequencesOf } from '../../../src/testing/outputs.ts'
import { event } from '../../warehouse/fixtures.ts'

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
      const halves = halvesOf(block!)
      if (given.length === 1) return void expect(halves).toBeNull()
      const decoded = halves!.map(half => decodeBlock(encodeBlock(half)))
      expect(decoded.flatMap(half => sequencesOf(half))).toEqual(sequencesOf(block!))
      expect(Math.abs(decoded[0]!.sequence.length - decoded[1]!.sequence.length)).toBeLessThanOrEqual(1)
      for (const { user, users, item, shortItem, items, behaviour, behaviours } of decoded) {
        expect(new Set(user).size).toBe(users.length)
        expect(new Set([...item, ...shortItem]).size).toBe(items.length)
        expect(new Set(behaviour).size).toBe(behaviours.length)
      }
    }),
  )
})
