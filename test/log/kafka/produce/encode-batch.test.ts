import fc from 'fast-check'
import { expect, test } from 'vitest'
import { crc32c } from '../../../../src/log/kafka/produce/crc32c.ts'
import { cut } from '../../../../src/log/kafka/produce/cut.ts'
import { encodeBatch } from '../../../../src/log/kafka/produce/encode-batch.ts'
import { BatchReader, emptyHead, readBatchHead } from '../../../../src/log/kafka/record-batch.ts'
import type { LogRecord, OutgoingRecord } from '../../../../src/log/log.ts'

const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map(array => Buffer.from(array))
const words = (maxLength: number) => fc.string({ unit: 'binary', maxLength })
const records: fc.Arbitrary<OutgoingRecord[]> = fc.array(
  fc.record({
    key: fc.option(fc.oneof(bytes(80), words(80))),
    value: fc.option(bytes(9_000)),
    timestamp: fc.oneof(fc.nat(), fc.nat({ max: 2 ** 51 })),
    partition: fc.nat(2),
    headers: fc.dictionary(
      words(70).filter(name => name !== '__proto__'),
      fc.oneof(bytes(20), words(90)),
      { maxKeys: 3 },
    ),
  }),
  { minLength: 1, maxLength: 20 },
)

test('whatever records are given, their batches read back as them, in order and with the right checksum', () => {
  fc.assert(
    fc.property(records, fc.integer({ min: 1, max: 30_000 }), fc.boolean(), (given, maxBytes, told) => {
      const common = told ? (['of', '3'] as const) : null
      const { cuts, sizes } = cut('t', given, 3, maxBytes, common)
      const found: unknown[] = []
      for (const { partition, batches } of cuts) {
        for (const batch of batches) {
          const encoded = encodeBatch(given, batch, sizes, common, { producerId: 2 ** 40 + 7, epoch: 5, sequence: 11 })
          expect(batch.length === 1 || encoded.length <= maxBytes + 61).toBe(true)
          expect(encoded.readUInt32BE(17)).toBe(crc32c(encoded, 21, encoded.length))
          const head = emptyHead()
          expect(readBatchHead(encoded, 0, encoded.length, head, { topic: 't', partition: 0 })).toBe(true)
          expect(head).toMatchObject({ end: batch.length, transactional: true, control: false, producer: 2 ** 40 + 7 })
          expect([encoded.readInt16BE(51), encoded.readInt32BE(53)]).toEqual([5, 11])
          const read: LogRecord[] = []
          new BatchReader(encoded, 0, head, { topic: 't', partition, limit: 0 }).take(0, batch.length, read)
          expect(read.map(({ offset }) => offset)).toEqual(Array.from(batch.keys()))
          found.push(...read.map(shown))
        }
      }
      const expected = given.map(record =>
        shown({ ...record, headers: { ...record.headers, ...(told ? { of: '3' } : {}) } }),
      )
      const inPlaces = [0, 1, 2].flatMap(place => expected.filter((_, i) => given[i]!.partition === place))
      expect(found).toEqual(inPlaces)
    }),
    { numRuns: 60 },
  )
})

// Node gives unpaired surrogates the replacement character, and so does this.
function shown({ partition, timestamp, key, value, headers }: OutgoingRecord) {
  const raw = (text: Buffer | string | null) => (text === null ? null : Buffer.from(text as string).toString('hex'))
  const named = Object.entries(headers ?? {}).map(([name, bytes]) => [Buffer.from(name).toString(), raw(bytes)])
  return { partition, timestamp, key: raw(key), value: raw(value), headers: named }
}
