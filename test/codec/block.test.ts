import fc from 'fast-check'
import { expect, test } from 'vitest'
import { blockOf, decodeBlock, encodeBlock } from '../../src/codec/block.ts'
import type { Change, ExcludedChange, InterestBlock } from '../../src/records/interest-block.ts'

/** Two sequences: the second has the first's record as its short window. */
const small: InterestBlock = {
  sequence: [41, 42],
  partition: [0, 3],
  offset: [7, 9_007_199_254_740_991],
  user: [0, 0],
  item: [1, 0],
  behaviour: [0, 0],
  time: [1_700_000_000_000, 1_700_000_000_001],
  reward: [0.1, 1 / 3],
  like: [1, 0],
  signals: [-1, 0x00ff_fefe],
  answers: [0, 41],
  late: [0, 1],
  count: [1, 2],
  shortCount: [0, 1],
  shortItem: [1],
  shortTime: [1_700_000_000_000],
  shortReward: [0.1],
  users: [{ id: 'ünal', features: '["age=25-34"]', attributes: '{"age":"25-34"}' }],
  items: [
    { id: 'a', features: '[]' },
    { id: 'b', features: '["genre=Drama"]' },
  ],
  behaviours: ['rating'],
  changes: [
    {
      ...{ before: 0, number: 7, kind: 'item', id: 'b', title: 'B', features: '["genre=Drama"]' },
      ...{ attributes: '{"price":"7"}', tags: ['Drama'], deleted: false, partition: 0, offset: 12 },
    },
    {
      ...{ before: 1, number: 8, kind: 'user', id: 'ünal', features: '[]', attributes: '{}', deleted: true },
      ...{ partition: 2, offset: 5 },
    },
    {
      before: 2,
      number: 9,
      kind: 'excluded',
      id: 'ünal',
      items: ['a', 'b'],
      until: [Number.POSITIVE_INFINITY, 1.7e12],
    },
  ],
  traces: [{ sequence: 42, parent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', state: 'a=1' }],
}
/** What a block has from before there were signals. */
const unsaid = { signals: [-1, -1] }
const empty = Object.fromEntries(Object.keys(small).map(name => [name, []])) as unknown as InterestBlock

const featured = fc.record({ id: fc.string({ minLength: 1 }), features: fc.constantFrom('[]', '["genre=Drama"]') })
const attributes = fc.constantFrom('', '{}', '{"age":"25-34"}')
const known = { id: fc.string({ minLength: 1 }), features: fc.constantFrom('[]', '["a=b"]'), deleted: fc.boolean() }
const ofRecord = { partition: fc.nat(12), offset: fc.nat(2 ** 40) }
const change = fc.oneof(
  fc.record({
    ...{ kind: fc.constant('item' as const), ...known, ...ofRecord, attributes },
    ...{ title: fc.option(fc.string()), tags: fc.array(fc.string()) },
  }),
  fc.record({ kind: fc.constant('user' as const), ...known, ...ofRecord, attributes }),
  fc.array(fc.tuple(fc.string(), fc.constantFrom(Number.POSITIVE_INFINITY, 1.7e12))).map(items => ({
    ...{ kind: 'excluded' as const, id: 'u', items: items.map(([id]) => id), until: items.map(([, until]) => until) },
  })),
)
const blocks: fc.Arbitrary<InterestBlock> = fc
  .record({
    first: fc.nat(2 ** 40),
    users: fc.array(
      fc.tuple(featured, attributes).map(([user, attributes]) => ({ ...user, attributes })),
      { minLength: 1 },
    ),
    items: fc.array(featured, { minLength: 1 }),
    behaviours: fc.array(fc.string(), { minLength: 1 }),
    counts: fc.array(fc.nat(5), { maxLength: 60 }),
    known: fc.array(change, { maxLength: 5 }),
    seed: fc.array(fc.double({ min: 0, max: 1, noNaN: true, noDefaultInfinity: true }), { minLength: 7, maxLength: 7 }),
  })
  .map(({ first, users, items, behaviours, counts, known, seed }) => {
    const total = counts.reduce((sum, count) => sum + count, 0)
    const index = (length: number) => (_: unknown, at: number) => Math.floor(seed[at % 7]! * (length - 1))
    const time = (_: unknown, at: number) => Math.floor(seed[at % 7]! * 2e12)
    const shorts = Array.from({ length: total })
    return {
      sequence: counts.map((_, at) => first + at),
      partition: counts.map(index(12)),
      offset: counts.map(time),
      user: counts.map(index(users.length)),
      item: counts.map(index(items.length)),
      behaviour: counts.map(index(behaviours.length)),
      time: counts.map(time),
      reward: counts.map((_, at) => seed[at % 7]!),
      like: counts.map((_, at) => (at + 1) % 2),
      signals: counts.map((_, at) => at - 1),
      answers: counts.map((_, at) => 3 * at),
      late: counts.map((_, at) => at % 2),
      count: counts.map(index(1_000)),
      shortCount: counts,
      shortItem: shorts.map(index(items.length)),
      shortTime: shorts.map(time),
      shortReward: shorts.map((_, at) => seed[at % 7]!),
      users,
      items,
      behaviours,
      changes: known.map(
        (change, at): Change => ({
          ...change,
          number: first + at,
          before: Math.floor((at / known.length) * counts.length),
        }),
      ),
      traces: counts.flatMap((_, at) => (at % 7 === 3 ? [{ ...small.traces[0]!, sequence: first + at }] : [])),
    }
  })

test('a block comes back as it went, to the last bit', () => {
  expect(decodeBlock(encodeBlock(small))).toEqual(small)
  expect(decodeBlock(encodeBlock(empty))).toEqual(empty)
  fc.assert(
    fc.property(blocks, block => {
      expect(decodeBlock(encodeBlock(block))).toEqual(block)
    }),
  )
})

test('a block that was written before there were changes and attributes is still read', () => {
  const written =
    'wwG433zMiIff8CAAAAAAAIBEQAAAAAAAAEVAEAAAAAADAAAAIAAAAAAAABxA////////P0MQAAAAAAAAAAAQAQAAAAAAAAAQAAAAAAAAAAAgAACAVv68eEIAEIBW/rx4QiCamZmZmZm5P1VVVVVVVdU/BAEAIAAAAAAAAAAAAAAAAACAREAEAAEQAQAAAAIAAAAQAAAAAAEAAAAIAQAAABAAAIBW/rx4QhCamZmZmZm5PwIKw7xuYWwaWyJhZ2U9MjUtMzQiXQAEAmEEW10CYh5bImdlbnJlPURyYW1hIl0AAgxyYXRpbmcA'
  const users = [{ ...small.users[0]!, attributes: '' }]
  expect(decodeBlock(Buffer.from(written, 'base64'))).toEqual({ ...small, users, changes: [], traces: [], ...unsaid })
})

test('a block that was written before there were traces is still read', () => {
  const written =
    'wwGbS6MciinXjiAAAAAAAIBEQAAAAAAAAEVAEAAAAAADAAAAIAAAAAAAABxA////////P0MQAAAAAAAAAAAQAQAAAAAAAAAQAAAAAAAAAAAgAACAVv68eEIAEIBW/rx4QiCamZmZmZm5P1VVVVVVVdU/BAEAIAAAAAAAAAAAAAAAAACAREAEAAEQAQAAAAIAAAAQAAAAAAEAAAAIAQAAABAAAIBW/rx4QhCamZmZmZm5PwIKw7xuYWwaWyJhZ2U9MjUtMzQiXR57ImFnZSI6IjI1LTM0In0ABAJhBFtdAAJiHlsiZ2VucmU9RHJhbWEiXQAAAgxyYXRpbmcAAgIQAgrDvG5hbAAEW10Ee30AAQQKAAAA'
  const changes = [{ ...small.changes[1]!, number: 8 }]
  expect(decodeBlock(Buffer.from(written, 'base64'))).toEqual({ ...small, changes, traces: [], ...unsaid })
})

test('a block that was written before there were signals is still read', () => {
  const written =
    'wwEIHngV2SkHxSAAAAAAAIBEQAAAAAAAAEVAEAAAAAADAAAAIAAAAAAAABxA////////P0MQAAAAAAAAAAAQAQAAAAAAAAAQAAAAAAAAAAAgAACAVv68eEIAEIBW/rx4QiCamZmZmZm5P1VVVVVVVdU/BAEAIAAAAAAAAAAAAAAAAACAREAEAAEQAQAAAAIAAAAQAAAAAAEAAAAIAQAAABAAAIBW/rx4QhCamZmZmZm5PwIKw7xuYWwaWyJhZ2U9MjUtMzQiXR57ImFnZSI6IjI1LTM0In0ABAJhBFtdAAJiHlsiZ2VucmU9RHJhbWEiXQAAAgxyYXRpbmcABgAOAAJiAgJCHlsiZ2VucmU9RHJhbWEiXRp7InByaWNlIjoiNyJ9AgpEcmFtYQAAABgAAAIQAgrDvG5hbAAEW10Ee30AAQQKAAAEEgQKw7xuYWwAAAAAAAAABAJhAmIAIAAAAAAAAPB/AACAVv68eEIAAlRuMDAtNGJmOTJmMzU3N2IzNGRhNmEzY2U5MjlkMGUwZTQ3MzYtMDBmMDY3YWEwYmE5MDJiNy0wMQZhPTEA'
  expect(decodeBlock(Buffer.from(written, 'base64'))).toEqual({ ...small, ...unsaid })
})

test('equal blocks have equal bytes', () => {
  expect(encodeBlock(structuredClone(small)).equals(encodeBlock(small))).toBe(true)
})

test.each<[what: string, damage: Partial<InterestBlock>]>([
  ['a column that is too short', { reward: [0.1] }],
  ['a short column that is too short', { shortReward: [] }],
  ['short counts that do not add up', { shortCount: [1, 1] }],
  ['a negative short count', { shortCount: [-1, 2] }],
  ['a user that is not in the table', { user: [0, 1] }],
  ['an item that is not in the table', { item: [2, 0] }],
  ['a negative index', { shortItem: [-1] }],
  ['a behaviour that is not in the table', { behaviours: [] }],
  ['row numbers that do not rise', { sequence: [41, 41] }],
  ['row numbers that are no whole numbers', { sequence: [0.5, 1.5] }],
  ['a time that is no whole number', { time: [0.5, 1] }],
  ['an infinite time', { shortTime: [Number.POSITIVE_INFINITY] }],
  ['a reward that is not a number', { reward: [Number.NaN, 0] }],
  ['a change before a sequence that there is none', { changes: [{ ...small.changes[0]!, before: 3 }] }],
  ['changes out of order', { changes: [small.changes[1]!, { ...small.changes[0]!, number: 9 }] }],
  [
    'changes whose numbers do not rise',
    { changes: [small.changes[0]!, { ...small.changes[1]!, number: small.changes[0]!.number }] },
  ],
  ['a trace that is none', { traces: [{ sequence: 42, parent: 'of mine', state: '' }] }],
  ['an exclusion without an end', { changes: [{ ...(small.changes[2] as ExcludedChange), until: [1] }] }],
])('refuses %s', (_, damage) => {
  const bytes = encodeBlock({ ...small, ...damage })
  expect(() => decodeBlock(bytes)).toThrow(expect.objectContaining({ code: 'RECORD_INVALID' }))
})

test('a record holds a block, or none where somebody else wrote it or it cannot be read', () => {
  const value = encodeBlock(small)
  expect(blockOf({ value })).toEqual(small)
  expect(blockOf({ value: Buffer.from('{}') })).toBeNull()
  expect(blockOf({ value: null })).toBeNull()
  expect(blockOf({ value, unreadable: 'The batch is damaged.' })).toBeNull()
})

test('damaged bytes give a block or RECORD_INVALID, nothing else', () => {
  fc.assert(
    fc.property(blocks, fc.nat(), fc.nat(7), fc.boolean(), (block, place, bit, cut) => {
      const bytes = encodeBlock(block)
      const at = place % bytes.length
      if (!cut) bytes[at]! ^= 1 << bit
      try {
        decodeBlock(cut ? bytes.subarray(0, at) : bytes)
      } catch (error) {
        expect(error).toMatchObject({ code: 'RECORD_INVALID' })
      }
    }),
    { numRuns: 2_000 },
  )
}, 30_000)
