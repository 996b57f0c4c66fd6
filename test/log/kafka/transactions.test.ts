import { randomUUID } from 'node:crypto'
import { Kafka, logLevel } from 'kafkajs'
import { afterEach, expect, test } from 'vitest'
import { openKafkaLog } from '../../../src/log/kafka/kafka-log.ts'
import type { Log } from '../../../src/log/log.ts'
import { describeKafka } from '../../kafka/brokers.ts'
import { from, readAll, readToEnd, text, values } from '../fixtures/read.ts'

describeKafka('transactions on Kafka', broker => {
  const closers: (() => Promise<void>)[] = []
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close()
  })

  const withTopic = async (partitions = 1): Promise<{ log: Log; topic: string }> => {
    const log = await openKafkaLog({ brokers: broker().brokers })
    closers.push(() => log.close())
    const topic = `tx.${randomUUID()}`
    await log.ensureTopics([{ name: topic, partitions }])
    return { log, topic }
  }
  /** Somebody else's producer, in the middle of a transaction. */
  const foreign = async (id: string) => {
    const producer = new Kafka({ brokers: broker().brokers, logLevel: logLevel.NOTHING }).producer({
      transactionalId: id,
      idempotent: true,
      maxInFlightRequests: 1,
      retry: { initialRetryTime: 5, retries: 20 },
    })
    await producer.connect()
    closers.push(() => producer.disconnect())
    return producer
  }

  test('a newer producer shuts the older one out, which says so', async () => {
    const { log, topic } = await withTopic()
    const older = await log.producer(`p-${topic}`)
    await older.append(topic, [text('a')])
    const newer = await log.producer(`p-${topic}`)
    await expect(older.append(topic, [text('b')])).rejects.toMatchObject({ code: 'PRODUCER_FENCED', retriable: false })
    await expect(older.append(topic, [text('b')])).rejects.toThrow()
    await newer.append(topic, [text('c')])
    expect(values(await readAll(log, from(topic, 1)))).toEqual(['a', 'c'])
  })

  test("a predecessor's open transaction is ended before its successor's producer resolves", async () => {
    const { log, topic } = await withTopic()
    const dead = await foreign(`p-${topic}`)
    const transaction = await dead.transaction()
    await transaction.send({ topic, messages: [{ value: 'never committed' }] })
    const reader = await log.reader(from(topic, 1))
    expect(await reader.read(300)).toEqual([])
    expect(await reader.caughtUp()).toBe(false)
    await log.producer(`p-${topic}`)
    expect(await log.newest(topic)).toEqual([])
    expect(await readToEnd(reader)).toEqual([])
    expect(reader.position(topic, 0)).toBe((await log.ranges(topic))[0]!.end)
    await expect(transaction.commit()).rejects.toThrow()
  })

  test('aborted records are never delivered, and newest and position look past them', async () => {
    const { log, topic } = await withTopic()
    const producer = await foreign(`p-${topic}`)
    for (const [value, keep] of [
      ['a', true],
      ['b', false],
      ['c', true],
      ['d', false],
      ['e', false],
    ] as const) {
      const transaction = await producer.transaction()
      await transaction.send({ topic, messages: Array.from({ length: 30 }, () => ({ value })) })
      await (keep ? transaction.commit() : transaction.abort())
    }
    expect(new Set(values(await readAll(log, from(topic, 1))))).toEqual(new Set(['a', 'c']))
    const [newest] = await log.newest(topic)
    expect(newest!.value!.toString()).toBe('c')
    for (const offset of [0, 10, 29, 30, 31, 45, 62, 75, 92, 93, 120, 154]) {
      const reader = await log.reader([{ topic, partition: 0, offset }], { maxRecords: 1 })
      const seen = await readToEnd(reader)
      expect(new Set(values(seen)).has('b')).toBe(false)
      expect(seen.length).toBe(Math.max(0, 30 - offset) + Math.max(0, Math.min(30, 92 - offset)))
      expect(reader.position(topic, 0)).toBe((await log.ranges(topic))[0]!.end)
      await reader.close()
    }
  })

  test('interleaved transactions of several producers are kept apart', async () => {
    const { log, topic } = await withTopic()
    const [keeper, dropper] = [await foreign(`k-${topic}`), await foreign(`d-${topic}`)]
    const [kept, dropped] = [await keeper.transaction(), await dropper.transaction()]
    for (let i = 0; i < 5; i++) {
      await kept.send({ topic, messages: [{ value: `kept ${i}` }] })
      await dropped.send({ topic, messages: [{ value: `dropped ${i}` }] })
    }
    await dropped.abort()
    await kept.commit()
    expect(values(await readAll(log, from(topic, 1)))).toEqual([0, 1, 2, 3, 4].map(i => `kept ${i}`))
  })

  test('records outside any transaction, and those packed with gzip, are read as well', async () => {
    const { log, topic } = await withTopic()
    const plain = new Kafka({ brokers: broker().brokers, logLevel: logLevel.NOTHING }).producer()
    await plain.connect()
    closers.push(() => plain.disconnect())
    await plain.send({ topic, messages: [{ key: 'k', value: 'plain', headers: { twice: ['first', 'last'] } }] })
    await plain.send({
      topic,
      compression: 1,
      messages: Array.from({ length: 100 }, (_, i) => ({ value: `packed ${i}` })),
    })
    const records = await readAll(log, from(topic, 1), { maxRecords: 7 })
    expect(values(records)).toEqual(['plain', ...Array.from({ length: 100 }, (_, i) => `packed ${i}`)])
    expect({ ...records[0]!.headers }).toEqual({ twice: Buffer.from('last') })
  })

  test('a record that the broker will not take is refused, and the producer goes on', async () => {
    const { log, topic } = await withTopic()
    const producer = await log.producer(`p-${topic}`)
    const large = { ...text(''), value: Buffer.alloc(2_000_000) }
    await expect(producer.append(topic, [text('a'), large])).rejects.toMatchObject({ code: 'RECORD_TOO_LARGE' })
    await producer.append(topic, [text('b')])
    expect(values(await readAll(log, from(topic, 1)))).toEqual(['b'])
  })

  test('records from long ago and from far ahead stay in the log', async () => {
    const { log, topic } = await withTopic()
    const producer = await log.producer(`p-${topic}`)
    const times = [0, 875_000_000_000, 253_402_300_799_000]
    await producer.append(
      topic,
      times.map(timestamp => ({ ...text('x'), timestamp })),
    )
    expect((await readAll(log, from(topic, 1))).map(({ timestamp }) => timestamp)).toEqual(times)
  })

  test('a topic that is made again under a reader is another one, however long it is by then', async () => {
    const { log, topic } = await withTopic()
    const other = `${topic}.other`
    await log.ensureTopics([{ name: other, partitions: 1 }])
    await (await log.producer(`p-${topic}`)).append(topic, [text('a'), text('b')])
    const reader = await log.reader([...from(topic, 1), ...from(other, 1)])
    expect(values(await readToEnd(reader))).toEqual(['a', 'b'])
    const before = await log.topicIds([topic])
    const admin = new Kafka({ brokers: broker().brokers, logLevel: logLevel.NOTHING }).admin()
    await admin.connect()
    closers.push(() => admin.disconnect())
    await admin.deleteTopics({ topics: [topic] })
    await expect.poll(async () => (await log.topicIds([topic])).size, { timeout: 20_000 }).toBe(0)
    await log.ensureTopics([{ name: topic, partitions: 1 }])
    expect(await log.topicIds([topic])).not.toEqual(before)
    await (await log.producer(`q-${topic}`)).append(topic, [text('c'), text('d'), text('e'), text('f')])
    const reading = (async () => {
      for (;;) expect(values(await reader.read(100))).toEqual([])
    })()
    await expect(reading).rejects.toMatchObject({ code: 'TOPIC_REMADE', retriable: true })
    expect(values(await readAll(log, from(topic, 1)))).toEqual(['c', 'd', 'e', 'f'])
  })

  test('a topic that somebody deletes does not spoil the others', async () => {
    const { log, topic } = await withTopic()
    const gone = `${topic}.gone`
    await log.ensureTopics([{ name: gone, partitions: 1 }])
    expect((await log.ranges(gone)).length).toBe(1)
    const admin = new Kafka({ brokers: broker().brokers, logLevel: logLevel.NOTHING }).admin()
    await admin.connect()
    closers.push(() => admin.disconnect())
    await admin.deleteTopics({ topics: [gone] })
    await expect.poll(() => log.newest(gone).catch(error => error.code), { timeout: 10_000 }).toBe('TOPIC_UNKNOWN')
    const other = `${topic}.other`
    await log.ensureTopics([{ name: other, partitions: 2 }])
    expect((await log.ranges(other)).length).toBe(2)
    expect((await log.ranges(topic)).length).toBe(1)
  })

  test('what was appended is newest at once, though its marker follows its commit', async () => {
    const { log, topic } = await withTopic(2)
    const producer = await log.producer(`p-${topic}`)
    for (let i = 0; i < 30; i++) {
      await producer.append(topic, [{ ...text(`${i}`), partition: i % 2 }])
      const newest = (await log.newest(topic)).find(({ partition }) => partition === i % 2)
      expect(newest!.value!.toString()).toBe(`${i}`)
    }
  })

  test('a transaction that stays open does not hold up the newest record for long', async () => {
    const { log, topic } = await withTopic()
    await (await log.producer(`p-${topic}`)).append(topic, [text('committed')])
    const transaction = await (await foreign(`open-${topic}`)).transaction()
    await transaction.send({ topic, messages: [{ value: 'open' }] })
    expect(values(await log.newest(topic))).toEqual(['committed'])
    await transaction.abort()
  })
})
