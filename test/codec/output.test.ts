import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  decodeCommand,
  decodeModelVersion,
  decodeRecommendation,
  encodeCommand,
  encodeModelVersion,
  encodeRecommendation,
} from '../../src/codec/output.ts'
import type { Command } from '../../src/records/command.ts'
import type { ModelVersion } from '../../src/records/model-version.ts'
import type { Recommendation } from '../../src/records/recommendation.ts'

const text = fc.string({ unit: 'grapheme', maxLength: 20 })
const unit = fc.double({ min: 0, max: 1, noNaN: true }).map(value => value + 0)
const count = fc.maxSafeNat().filter(value => value < Number.MAX_SAFE_INTEGER)
const plain = { noNullPrototype: true }
const encoding = fc.constantFrom('avro' as const, 'json' as const)

const alternatives = fc.dictionary(
  fc.stringMatching(/^[a-z][a-z-]{0,9}$/),
  fc.record({ propensity: unit, itemId: text }, plain),
  {
    ...plain,
    minKeys: 1,
    maxKeys: 3,
  },
)
const item = fc.record(
  { itemId: text, score: unit, propensity: unit, reason: text, alternatives },
  { ...plain, requiredKeys: ['itemId', 'score', 'propensity', 'reason'] },
)

const recommendation: fc.Arbitrary<Recommendation> = fc.record(
  {
    recommendationId: text,
    userId: text,
    time: count,
    sequence: count,
    partition: fc.nat(),
    offset: count,
    modelVersion: count,
    policy: text,
    arm: text,
    items: fc.array(item, { maxLength: 20 }),
    short: fc.option(text),
  },
  plain,
)

const version: fc.Arbitrary<ModelVersion> = fc.record(
  {
    learner: text,
    version: count,
    sequence: count,
    sequences: count,
    step: count,
    weightsSha256: text,
    champion: text,
    scores: fc.array(fc.record({ policy: text, metric: text, value: unit, events: count }, plain)),
    served: fc.array(
      fc.record(
        {
          ...{ arm: text, span: fc.constantFrom('all' as const, 'recent' as const), hr5: unit, hr10: unit, hr20: unit },
          ...{ ndcg10: unit, mrr20: unit, recall10: unit, coverage: unit, events: count },
        },
        plain,
      ),
    ),
    index: fc.array(
      fc.record(
        { arm: text, serves: fc.boolean(), weights: fc.array(fc.record({ feature: text, weight: unit }, plain)) },
        plain,
      ),
    ),
  },
  plain,
)

test('a list comes back as it went, in both encodings', () => {
  fc.assert(
    fc.property(recommendation, encoding, (list, as) => {
      expect(decodeRecommendation(encodeRecommendation(list, as))).toStrictEqual(list)
    }),
  )
})

test('a model version comes back as it went, in both encodings', () => {
  fc.assert(
    fc.property(version, encoding, (said, as) => {
      expect(decodeModelVersion(encodeModelVersion(said, as))).toStrictEqual(said)
    }),
  )
})

const armName = fc.stringMatching(/^[a-z][a-z-]{0,9}$/)
const command: fc.Arbitrary<Command> = fc.record(
  {
    commandId: text,
    kind: fc.constantFrom('shares' as const, 'promote' as const, 'roll-back' as const, 'merge' as const),
    shares: fc.dictionary(armName, unit, { ...plain, maxKeys: 3 }),
    arm: fc.option(armName),
    fromUser: fc.option(text),
    toUser: fc.option(text),
    time: count,
    reason: text,
    appliedAt: fc.option(count),
  },
  plain,
)

test('a command comes back as it went, in both encodings', () => {
  fc.assert(
    fc.property(command, encoding, (said, as) => {
      expect(decodeCommand(encodeCommand(said, as))).toStrictEqual(said)
    }),
  )
})

test('a command that somebody typed may leave out what it does not need', () => {
  const typed = { commandId: 'c-1', kind: 'promote', arm: 'b', time: 1 }
  expect(decodeCommand(Buffer.from(JSON.stringify(typed)))).toEqual({
    ...typed,
    ...{ shares: {}, reason: '', appliedAt: null, fromUser: null, toUser: null },
  })
  expect(() => decodeCommand(Buffer.from(JSON.stringify({ ...typed, kind: 'delete' })))).toThrow(
    '"kind" is not one of shares, promote, roll-back',
  )
})

test('a list longer than any buffer kept between calls comes back as well', () => {
  const item = { itemId: 'i'.repeat(1_000), score: 0.5, propensity: 0.5, reason: '' }
  const [list] = fc.sample(recommendation, { numRuns: 1, seed: 1 })
  for (const length of [100, 10_000, 1]) {
    const long = { ...list!, items: Array.from({ length }, () => item) }
    expect(decodeRecommendation(encodeRecommendation(long, 'avro')).items).toHaveLength(length)
  }
})

test.each([
  ['nothing', Buffer.alloc(0)],
  ['a byte', Buffer.from([0xc3])],
  ['an unfinished object', Buffer.from('{"userId":')],
  ['an object of another kind', Buffer.from('{"userId":"u"}')],
  ['a list of items that are none', Buffer.from('{"items":[null]}')],
  [
    'an alternative that is none',
    Buffer.from('{"items":[{"itemId":"i","score":0,"propensity":1,"reason":"","alternatives":{"a":1}}]}'),
  ],
  ['another schema’s value', encodeModelVersion(fc.sample(version, { numRuns: 1, seed: 1 })[0]!, 'avro')],
])('%s is not a list: RECORD_INVALID', (_, bytes) => {
  expect(() => decodeRecommendation(bytes)).toThrow(expect.objectContaining({ code: 'RECORD_INVALID' }))
})

test('damaged bytes give a list or RECORD_INVALID, nothing else', () => {
  fc.assert(
    fc.property(recommendation, encoding, fc.nat(), fc.nat(7), fc.boolean(), (list, as, place, bit, cut) => {
      const bytes = encodeRecommendation(list, as)
      const at = place % bytes.length
      if (!cut) bytes[at]! ^= 1 << bit
      try {
        decodeRecommendation(cut ? bytes.subarray(0, at) : bytes)
      } catch (error) {
        expect(error).toMatchObject({ code: 'RECORD_INVALID' })
      }
    }),
    { numRuns: 3_000 },
  )
}, 30_000)
