import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { LogRecord } from '../../../src/log/log.ts'
import { partitionOf } from '../../../src/log/partitioner.ts'
import { from, readAll, readToEnd, text, values } from '../../log/fixtures/read.ts'
import type { Opening } from './opening.ts'

/** What is appended is read back, whole and in order. */
export function appendingContract({ openLog, withTopic }: Opening): void {
  describe('appending and reading', () => {
    test('gives records back in the order of their append, with rising offsets', async () => {
      const { log, topic, producer } = await withTopic(1)
      await producer.append(topic, [text('a'), text('b')])
      await producer.append(topic, [text('c')])
      const records = await readAll(log, from(topic, 1))
      expect(values(records)).toEqual(['a', 'b', 'c'])
      expect(records[0]!.offset).toBe(0)
      expect(records[1]!.offset).toBe(1)
      expect(records[2]!.offset).toBeGreaterThanOrEqual(2)
    })

    test('keeps keys, values, headers and times as they are, whatever bytes they hold', async () => {
      const { log, topic, producer } = await withTopic(1)
      const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i))
      await producer.append(topic, [
        {
          key: bytes,
          value: bytes,
          timestamp: 1_700_000_000_123,
          headers: { raw: bytes, word: 'grün', '': 'no name', empty: '' },
        },
        { key: 'schlüssel', value: null, timestamp: 0 },
        { key: null, value: Buffer.alloc(0), timestamp: 7 },
        { key: '', value: Buffer.from('x'), timestamp: 253_402_300_799_000 },
      ])
      const [first, second, third, fourth] = await readAll(log, from(topic, 1))
      expect(first).toMatchObject({
        topic,
        partition: 0,
        offset: 0,
        key: bytes,
        value: bytes,
        timestamp: 1_700_000_000_123,
      })
      expect({ ...first!.headers }).toEqual({
        raw: bytes,
        word: Buffer.from('grün'),
        '': Buffer.from('no name'),
        empty: Buffer.alloc(0),
      })
      expect(second).toMatchObject({ key: Buffer.from('schlüssel'), value: null, timestamp: 0 })
      expect({ ...second!.headers }).toEqual({})
      expect(third).toMatchObject({ key: null, value: Buffer.alloc(0), timestamp: 7 })
      expect(fourth).toMatchObject({ key: Buffer.alloc(0), value: Buffer.from('x'), timestamp: 253_402_300_799_000 })
    })

    test("places records by their key's hash, and those without a key in partition 0, unless told otherwise", async () => {
      const { log, topic, producer } = await withTopic(5)
      const keys = Array.from({ length: 40 }, (_, i) => `user-${i}`)
      await producer.append(topic, [
        ...keys.map(key => ({ key, value: Buffer.from(key), timestamp: 1 })),
        { key: null, value: Buffer.from('keyless'), timestamp: 1 },
        { key: 'user-0', value: Buffer.from('told'), timestamp: 1, partition: 3 },
      ])
      for (const record of await readAll(log, from(topic, 5))) {
        const value = record.value!.toString()
        const expected = value === 'keyless' ? 0 : value === 'told' ? 3 : partitionOf(value, 5)
        expect([value, record.partition]).toEqual([value, expected])
      }
    })

    test('appends all of a batch or nothing of it', async () => {
      const { log, topic, producer } = await withTopic(2)
      await expect(producer.append(topic, [text('a'), { ...text('b'), partition: 2 }])).rejects.toMatchObject({
        code: 'TOPIC_INVALID',
      })
      await producer.append(topic, [])
      await producer.append(topic, [
        { ...text('c'), partition: 0 },
        { ...text('d'), partition: 1 },
      ])
      expect(values(await readAll(log, from(topic, 2))).sort()).toEqual(['c', 'd'])
    })

    test('an append to many partitions keeps the order within each, also of records that stand in between', async () => {
      const { log, topic, producer } = await withTopic(24)
      for (let append = 0; append < 3; append++) {
        await producer.append(
          topic,
          Array.from({ length: 500 }, (_, i) => ({ ...text(`${append}:${i}`), partition: (i * i) % 24 })),
        )
      }
      const found: string[][] = Array.from({ length: 24 }, () => [])
      for (const { partition, value } of await readAll(log, from(topic, 24))) found[partition]!.push(value!.toString())
      const expected = Array.from({ length: 24 }, (_, partition) =>
        [0, 1, 2].flatMap(append =>
          Array.from({ length: 500 }, (_, i) => i)
            .filter(i => (i * i) % 24 === partition)
            .map(i => `${append}:${i}`),
        ),
      )
      expect(found).toEqual(expected)
    })

    test('says on each record among how many partitions it was placed, where that is asked for', async () => {
      const { log, topic, producer } = await withTopic(3)
      await producer.append(topic, [{ ...text('a'), headers: { own: '1' } }, text('b')], { partitionsHeader: 'of' })
      await producer.append(topic, [text('c')])
      const headers = (await readAll(log, from(topic, 3))).map(record =>
        Object.entries(record.headers).map(([name, value]) => `${name}=${value}`),
      )
      expect(headers).toEqual([['own=1', 'of=3'], ['of=3'], []])
    })

    test('takes an append of many megabytes as one', async () => {
      const { log, topic, producer } = await withTopic(2)
      const value = Buffer.alloc(100_000, 'x')
      await producer.append(
        topic,
        Array.from({ length: 60 }, (_, i) => ({ key: `${i}`, value, timestamp: i, partition: i % 2 })),
      )
      const records = await readAll(log, from(topic, 2))
      expect(records.map(({ timestamp }) => timestamp).sort((a, b) => a - b)).toEqual(
        Array.from({ length: 60 }, (_, i) => i),
      )
      expect(records.every(record => record.value!.equals(value))).toBe(true)
    })

    test('takes a record of almost 8 MiB where the topic does, and gives it back whatever else is read', async () => {
      const log = await openLog()
      const [large, small] = [`contract.${randomUUID()}`, `contract.${randomUUID()}`]
      await log.ensureTopics([
        { name: large, partitions: 2, maxMessageBytes: 8 * 2 ** 20 },
        { name: small, partitions: 1 },
      ])
      const producer = await log.producer(`producer-${large}`)
      const value = Buffer.alloc(8 * 2 ** 20 - 1000, 'x')
      const record = (partition: number, timestamp: number) => ({ key: null, value, timestamp, partition })
      await producer.append(large, [{ ...text('a'), partition: 0 }, record(0, 2), { ...text('b'), partition: 0 }])
      await producer.append(large, [record(1, 3), record(1, 4)])
      await producer.append(small, [text('c')])
      const whole = ({ topic, partition, value }: LogRecord) => [topic, partition, value!.length]
      const reader = await log.reader([...from(small, 1), ...from(large, 2)], { maxBytes: 2 ** 20 })
      expect((await readToEnd(reader)).map(whole).sort()).toEqual(
        [
          [large, 0, 1],
          [large, 0, value.length],
          [large, 0, 1],
          [large, 1, value.length],
          [large, 1, value.length],
          [small, 0, 1],
        ].sort(),
      )
      expect((await log.newest(large)).map(whole)).toEqual([
        [large, 0, 1],
        [large, 1, value.length],
      ])
    })

    test('goes on from an offset without losing or repeating anything', async () => {
      const { log, topic, producer } = await withTopic(1)
      for (let batch = 0; batch < 5; batch++) {
        await producer.append(
          topic,
          Array.from({ length: 10 }, (_, i) => text(`${batch * 10 + i}`)),
        )
      }
      const seen: string[] = []
      let offset = 0
      while (seen.length < 50) {
        const reader = await log.reader([{ topic, partition: 0, offset }], { maxRecords: 7 })
        seen.push(...values(await reader.read(5_000)))
        offset = reader.position(topic, 0)
        await reader.close()
      }
      expect(seen).toEqual(Array.from({ length: 50 }, (_, i) => `${i}`))
    })

    test('lets several readers and handles read on their own', async () => {
      const { log, topic, producer } = await withTopic(1)
      await producer.append(topic, [text('a'), text('b'), text('c')])
      const other = await openLog()
      const [first, second, third] = [
        await log.reader(from(topic, 1)),
        await log.reader(from(topic, 1)),
        await other.reader([{ topic, partition: 0, offset: 2 }]),
      ]
      expect(values(await first.read(5_000))).toEqual(['a', 'b', 'c'])
      expect(values(await third.read(5_000))).toEqual(['c'])
      expect(values(await second.read(5_000))).toEqual(['a', 'b', 'c'])
      await producer.append(topic, [text('d')])
      for (const reader of [first, second, third]) expect(values(await reader.read(5_000))).toEqual(['d'])
    })

    test('reads only the partitions asked for, of several topics at once', async () => {
      const { log, topic, producer } = await withTopic(3)
      const otherTopic = `${topic}.other`
      await log.ensureTopics([{ name: otherTopic, partitions: 1 }])
      await producer.append(
        topic,
        [0, 1, 2].map(partition => ({ ...text(`p${partition}`), partition })),
      )
      await producer.append(otherTopic, [text('other')])
      const records = await readAll(log, [
        { topic, partition: 1, offset: 0 },
        { topic: otherTopic, partition: 0, offset: 0 },
      ])
      expect(values(records).sort()).toEqual(['other', 'p1'])
    })

    test('never reads more records at once than asked for', async () => {
      const { log, topic, producer } = await withTopic(2)
      await producer.append(
        topic,
        Array.from({ length: 100 }, (_, i) => ({ ...text(`${i}`), partition: i % 2 })),
      )
      const reader = await log.reader(from(topic, 2), { maxRecords: 9 })
      let count = 0
      while (count < 100) {
        const records = await reader.read(5_000)
        expect(records.length).toBeLessThanOrEqual(9)
        count += records.length
      }
      expect(count).toBe(100)
    })

    test('reads what is far larger than the bytes it may buffer', async () => {
      const { log, topic, producer } = await withTopic(2)
      for (let batch = 0; batch < 8; batch++) {
        await producer.append(
          topic,
          Array.from({ length: 20 }, (_, i) => ({
            key: null,
            value: Buffer.alloc(20_000, batch),
            timestamp: i,
            partition: i % 2,
          })),
        )
      }
      const records = await readAll(log, from(topic, 2), { maxBytes: 100_000 })
      expect(records.length).toBe(160)
    })

    test('waits for the first record, but no longer than asked', async () => {
      const { log, topic, producer } = await withTopic(1)
      const reader = await log.reader(from(topic, 1))
      expect(await reader.read(30)).toEqual([])
      const reading = reader.read(60_000)
      await producer.append(topic, [text('a')])
      const started = performance.now()
      expect(values(await reading)).toEqual(['a'])
      expect(performance.now() - started).toBeLessThan(20_000)
    })

    test('stops a waiting read when the reader is closed', async () => {
      const { log, topic } = await withTopic(1)
      const reader = await log.reader(from(topic, 1))
      const reading = reader.read(50_000)
      await reader.close()
      expect(await reading).toEqual([])
    })
  })
}
