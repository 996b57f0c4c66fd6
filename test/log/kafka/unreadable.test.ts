import { randomUUID } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openKafkaLog } from '../../../src/log/kafka/kafka-log.ts'
import { PartitionBuffer } from '../../../src/log/kafka/partition-buffer.ts'
import { crc32c } from '../../../src/log/kafka/produce/crc32c.ts'
import type { LogRecord } from '../../../src/log/log.ts'
import { describeKafka } from '../../kafka/brokers.ts'
import { proxyTo } from '../fixtures/broker-proxy.ts'
import { from, text } from '../fixtures/read.ts'

/** A record of less than 64 bytes without key and headers, as it stands in a batch. */
const record = (delta: number, value: string): Buffer =>
  Buffer.concat([
    Buffer.from([2 * (6 + value.length), 0, 0, 2 * delta, 1, 2 * value.length]),
    Buffer.from(value),
    Buffer.of(0),
  ])

const batch = (base: number, records: Buffer[], pack?: { codec: number; packed: Buffer }): Buffer => {
  const body = pack?.packed ?? Buffer.concat(records)
  const head = Buffer.alloc(61)
  head.writeBigInt64BE(BigInt(base), 0)
  head.writeInt32BE(49 + body.length, 8)
  head[16] = 2
  head.writeInt16BE(pack?.codec ?? 0, 21)
  head.writeInt32BE(records.length - 1, 23)
  head.writeBigInt64BE(1_000n, 27)
  head.writeBigInt64BE(1_000n, 35)
  head.writeBigInt64BE(-1n, 43)
  head.writeInt32BE(records.length, 57)
  const whole = Buffer.concat([head, body])
  whole.writeUInt32BE(crc32c(whole, 21, whole.length), 17)
  return whole
}
const words = (...values: string[]) => values.map((value, k) => record(k, value))

/** What a reader delivers from an offset on, so many records at a time; the same answer comes whenever it asks. */
function read(batches: readonly Buffer[], from: number, atOnce: number, limit?: number): LogRecord[] {
  const buffer = new PartitionBuffer('t', 0, from, limit)
  const end = batches.reduce((sum, bytes) => sum + bytes.readInt32BE(57), 0)
  const out: LogRecord[] = []
  while (buffer.next < end) {
    const at = batches.findIndex(bytes => Number(bytes.readBigInt64BE(0)) + bytes.readInt32BE(57) > buffer.fetchOffset)
    const records = at < 0 ? Buffer.alloc(0) : Buffer.concat(batches.slice(at))
    buffer.add({ topic: 't', partition: 0, error: 0, stable: end, aborted: [], records })
    while (buffer.waiting) buffer.take(atOnce, out)
  }
  return out
}
const told = ({ offset, value, unreadable }: LogRecord) => [offset, unreadable ?? value!.toString()]

const good = batch(0, words('a', 'b'))
const next = batch(5, words('f', 'g'))
const three = words('c', 'd', 'e')
const packed = (bytes: Buffer) => batch(2, three, { codec: 1, packed: bytes })
const flipped = batch(2, three)
flipped[70]! ^= 1

describe('a batch that cannot be read is one record that says why, and reading goes on behind it', () => {
  test.each([
    [
      'damaged packed bytes',
      packed(Buffer.from('no gzip')),
      '3 records at the offsets 2 to 4 cannot be read: packed with gzip, they are damaged or unpack to more than 0.000954 MiB.',
    ],
    [
      'more than the limit',
      packed(gzipSync(Buffer.alloc(1_001))),
      '3 records at the offsets 2 to 4 cannot be read: packed with gzip, they are damaged or unpack to more than 0.000954 MiB.',
    ],
    [
      'an unknown codec',
      batch(2, three, { codec: 6, packed: Buffer.of(1) }),
      '3 records at the offsets 2 to 4 cannot be read: they are packed with a codec of number 6.',
    ],
    [
      'bytes that are no records',
      batch(2, three, { codec: 0, packed: Buffer.from('????') }),
      '3 records at the offsets 2 to 4 cannot be read: what stands there is no record.',
    ],
    [
      'a wrong checksum, twice',
      flipped,
      '3 records at the offsets 2 to 4 cannot be read: their checksum is wrong, so the log itself is damaged.',
    ],
  ])('%s', (_, bad, sentence) => {
    for (const atOnce of [1, 2, 100]) {
      const records = read([good, bad, next], 0, atOnce, 1_000)
      expect(records.map(told)).toEqual([
        [0, 'a'],
        [1, 'b'],
        [4, sentence],
        [5, 'f'],
        [6, 'g'],
      ])
      expect(records[2]!.value).toEqual(bad)
    }
    expect(read([good, bad, next], 5, 10, 1_000).map(told)).toEqual([
      [5, 'f'],
      [6, 'g'],
    ])
  })

  test('the records before one that makes no sense are delivered, wherever reading begins', () => {
    const bad = batch(2, [...three.slice(0, 1), Buffer.from([40, 0, 0, 2, 1, 4, 1]), ...three.slice(2)])
    const rest = [4, '2 records at the offsets 3 to 4 cannot be read: what stands there is no record.']
    for (const atOnce of [1, 100]) {
      expect(read([good, bad, next], 1, atOnce).map(told)).toEqual([[1, 'b'], [2, 'c'], rest, [5, 'f'], [6, 'g']])
      expect(read([good, bad, next], 3, atOnce).map(told)).toEqual([rest, [5, 'f'], [6, 'g']])
    }
  })

  test('what was changed on its way only is whole when it is fetched again', () => {
    const buffer = new PartitionBuffer('t', 0, 2)
    const answer = { topic: 't', partition: 0, error: 0, stable: 5, aborted: [] }
    buffer.add({ ...answer, records: flipped })
    expect(buffer.fetchOffset).toBe(2)
    buffer.add({ ...answer, records: batch(2, three) })
    const out: LogRecord[] = []
    buffer.take(10, out)
    expect(out.map(told)).toEqual([
      [2, 'c'],
      [3, 'd'],
      [4, 'e'],
    ])
  })

  test('any bytes in place of records end, and what follows is delivered', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), fc.constantFrom(0, 1, 2, 3), fc.nat(4), (bytes, codec, from) => {
        const bad = batch(2, three, { codec, packed: Buffer.from(bytes) })
        const records = read([good, bad, next], from, 2, 10_000)
        expect(records.slice(-2).map(told)).toEqual([
          [5, 'f'],
          [6, 'g'],
        ])
        const offsets = records.map(({ offset }) => offset)
        expect(offsets).toEqual([...new Set(offsets)].sort((a, b) => a - b))
        expect(offsets.every(offset => offset >= from)).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })
})

test('a batch that says it is shorter than its head is an error that names its place', () => {
  fc.assert(
    fc.property(fc.integer({ max: 48 }), length => {
      const bad = batch(2, three)
      bad.writeInt32BE(length, 8)
      const buffer = new PartitionBuffer('t', 0, 0)
      const records = Buffer.concat([good, bad, next])
      expect(() => buffer.add({ topic: 't', partition: 0, error: 0, stable: 7, aborted: [], records })).toThrow(
        `t/0 is damaged: its batch at offset 2 says that it is ${12 + length} bytes long`,
      )
    }),
  )
})

describeKafka('a batch without a length', broker => {
  test.each([0, -12, -2_000_000_000])('of %i bytes after its head ends reading with LOG_CORRUPT', async length => {
    const topic = `no-length.${randomUUID()}`
    const log = await openKafkaLog({ brokers: broker().brokers })
    const fetch = 1
    const proxy = await proxyTo(broker().brokers[0]!, (key, answer) => {
      // Behind the names of topic and partition stand their offsets, aborted transactions, of which there are none, and bytes.
      const records = 14 + 2 + topic.length + 8 + 26 + 12
      if (key === fetch && answer.length >= records + 61) answer.writeInt32BE(length, records + 8)
    })
    const damaged = await openKafkaLog({ brokers: [proxy.address] })
    try {
      await log.ensureTopics([{ name: topic, partitions: 1 }])
      await (await log.producer(`p-${topic}`)).append(topic, [text('a')])
      const reader = await damaged.reader(from(topic, 1))
      const reading = (async () => {
        for (;;) await reader.read(1_000)
      })()
      await expect(reading).rejects.toMatchObject({ code: 'LOG_CORRUPT' })
    } finally {
      await damaged.close()
      await log.close()
      proxy.close()
    }
  })
})
