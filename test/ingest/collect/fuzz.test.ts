import fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodeEvent, encodeItem, encodeProfile } from '../../../src/codec/input.ts'
import { avroSchema } from '../../../src/codec/schema.ts'
import {
  type Collector,
  createEventCollector,
  createItemCollector,
  createProfileCollector,
} from '../../../src/ingest/collect/collect.ts'
import { reasons } from '../../../src/records/reasons.ts'
import { record } from './record.ts'

const collectors: Record<string, Collector<unknown>> = {
  event: createEventCollector(),
  profile: createProfileCollector(),
  item: createItemCollector(),
}

/** Each collector gives a value or a known reason; the reasons. */
function judge(value: Buffer | null, key: Buffer | null): string[] {
  return Object.values(collectors).map(collector => {
    const collected = collector.collect(record(value, key))
    if ('value' in collected) return 'value'
    if ('passedOver' in collected) throw new Error('nothing is passed over without a decode')
    // Not expect(): it costs more than what is tested here.
    if (!Object.hasOwn(reasons, collected.reason) || collected.message.length > 300) throw new Error(collected.reason)
    return collected.reason
  })
}

const event = {
  eventId: 'e-1',
  userId: 'ann',
  itemId: 'film',
  behaviour: 'rating',
  time: 1_700_000_000_000,
  value: 4.5,
  properties: { duration: 12.5, likes: 1 },
  recommendationId: 'learner-7',
}
const profile = { userId: 'ann', attributes: { age: '25-34', city: 'Köln' } }
const item = { itemId: 'ann', title: 'Film', attributes: { year: '1995' }, tags: ['drama', 'comedy'] }
const good = (['json', 'avro'] as const).flatMap(as => [
  encodeEvent(event, as),
  encodeProfile(profile, as),
  encodeItem(item, as),
])
const headers = (['behaviour-event', 'user-profile', 'item'] as const).map(name => avroSchema(name).header)

const key = fc.option(fc.uint8Array({ maxLength: 8 }).map(bytes => Buffer.from(bytes)))
const noise = fc.uint8Array({ maxLength: 120 }).map(bytes => Buffer.from(bytes))
const prefixed = fc
  .tuple(fc.constantFrom(...headers, Buffer.from('{'), Buffer.from('{"userId":'), Buffer.from([0, 0, 0, 0, 1])), noise)
  .map(parts => Buffer.concat(parts))
const damaged = fc
  .tuple(fc.constantFrom(...good), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 }), fc.nat(), fc.boolean())
  .map(([bytes, changes, cut, doCut]) => {
    const copy = Buffer.from(bytes)
    for (const [place, byte] of changes) copy[place % copy.length] = byte
    return doCut ? copy.subarray(0, cut % copy.length) : copy
  })
const spliced = fc
  .tuple(fc.constantFrom(...good), fc.constantFrom(...good), fc.nat(), fc.nat())
  .map(([a, b, x, y]) => Buffer.concat([a.subarray(0, x % a.length), b.subarray(y % b.length)]))
const oddly = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom(Number.NaN, -0, 1e308, 2 ** 53, '', '\0', '\ud800', 'x'.repeat(2_000), null, [], {}),
)
const misshapen = fc
  .tuple(
    fc.constantFrom(event, profile, item),
    fc.constantFrom(...Object.keys(event), 'attributes', 'tags', 'title'),
    oddly,
  )
  .map(([base, name, value]) => Buffer.from(JSON.stringify({ ...base, [name]: value })))
const anyJson = fc.jsonValue().map(value => Buffer.from(JSON.stringify(value)))

test('20,000 damaged values: each gives a value or a reason, in bounded memory and time', () => {
  for (const bytes of good) expect(judge(bytes, Buffer.from('ann'))).toContain('value')
  const before = process.memoryUsage()
  const started = performance.now()
  const seen = new Set<string>()
  fc.assert(
    fc.property(fc.oneof(noise, prefixed, damaged, spliced, misshapen, anyJson), key, (value, from) => {
      for (const reason of judge(value, from ?? Buffer.from('ann'))) seen.add(reason)
      judge(null, from)
    }),
    { numRuns: 20_000 },
  )
  // Each kind of answer was met, so the noise got as far as it can.
  expect([...seen]).toEqual(expect.arrayContaining(['value', 'empty-key', 'undecodable', 'unknown-schema', 'invalid']))
  expect(performance.now() - started).toBeLessThan(60_000)
  expect(process.memoryUsage().arrayBuffers - before.arrayBuffers).toBeLessThan(64 << 20)
}, 60_000)
