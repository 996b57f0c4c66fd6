import { randomUUID } from 'node:crypto'
import { Kafka, logLevel } from 'kafkajs'
import { afterEach, expect, test } from 'vitest'
import { openKafkaLog } from '../../../src/log/kafka/kafka-log.ts'
import { openProducer } from '../../../src/log/kafka/producer.ts'
import type { Log, OutgoingRecord } from '../../../src/log/log.ts'
import { describeKafka } from '../../kafka/brokers.ts'
import { api, proxyTo } from '../fixtures/broker-proxy.ts'
import { from, readAll, text, values } from '../fixtures/read.ts'

describeKafka('the producer on Kafka', broker => {
  const closers: (() => unknown)[] = []
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close()
  })

  const open = async (): Promise<{ log: Log; topic: string }> => {
    const log = await openKafkaLog({ brokers: broker().brokers })
    closers.push(() => log.close())
    return { log, topic: `producer.${randomUUID()}` }
  }
  const admin = async () => {
    const admin = new Kafka({ brokers: broker().brokers, logLevel: logLevel.NOTHING }).admin()
    await admin.connect()
    closers.push(() => admin.disconnect())
    return admin
  }
  /** A producer whose broker answers as the test wants it. */
  const throughProxy = async (topic: string, onAnswer: (key: number, answer: Buffer) => unknown) => {
    const proxy = await proxyTo(broker().brokers[0]!, onAnswer)
    closers.push(() => proxy.close())
    const producer = await openProducer({ brokers: [proxy.address] }, `p-${topic}`)
    closers.push(() => producer.close())
    return producer
  }
  const keyed = (count: number, word: string): OutgoingRecord[] =>
    Array.from({ length: count }, (_, i) => ({ ...text(`${word}${i}`), key: `user-${i}` }))

  test('partitions that are added between two appends are used by the second, and it says so', async () => {
    const { log, topic } = await open()
    await log.ensureTopics([{ name: topic, partitions: 2 }])
    const producer = await log.producer(`p-${topic}`)
    await producer.append(topic, keyed(50, 'a'), { partitionsHeader: 'of' })
    const client = await admin()
    await client.createPartitions({ topicPartitions: [{ topic, count: 5 }] })
    // The broker hears of them a moment later.
    const known = async () => (await client.fetchTopicMetadata({ topics: [topic] })).topics[0]!.partitions.length
    await expect.poll(known, { timeout: 30_000 }).toBe(5)
    await producer.append(topic, keyed(50, 'b'), { partitionsHeader: 'of' })
    const other = await openKafkaLog({ brokers: broker().brokers })
    closers.push(() => other.close())
    const records = await readAll(other, from(topic, 5))
    expect(values(records).sort()).toEqual(
      [...values(keyed(50, 'a') as never), ...values(keyed(50, 'b') as never)].sort(),
    )
    const used = new Set(records.map(({ partition, headers }) => `${partition} of ${headers['of']}`))
    expect([...used].sort()).toEqual(['0 of 2', '0 of 5', '1 of 2', '1 of 5', '2 of 5', '3 of 5', '4 of 5'])
  })

  test('a topic that takes less than others gets smaller batches; only a record too large for it is refused', async () => {
    const { log, topic } = await open()
    await (await admin()).createTopics({
      topics: [{ topic, numPartitions: 2, configEntries: [{ name: 'max.message.bytes', value: '20000' }] }],
    })
    const producer = await log.producer(`p-${topic}`)
    const many = (word: string) =>
      Array.from({ length: 90 }, (_, i) => ({ ...text(`${word}${i} ${'x'.repeat(3_000)}`), partition: i % 2 }))
    await producer.append(topic, many('a'))
    await producer.append(topic, many('b'))
    const tooLarge = { ...text(''), value: Buffer.alloc(20_100) }
    await expect(producer.append(topic, [text('c'), tooLarge])).rejects.toMatchObject({ code: 'RECORD_TOO_LARGE' })
    await producer.append(topic, [{ ...text(''), value: Buffer.alloc(19_800, 'd') }])
    const seen = values(await readAll(log, from(topic, 2))).map(value => value.split(' ')[0]!)
    const expected = ['a', 'b'].flatMap(word => Array.from({ length: 90 }, (_, i) => `${word}${i}`))
    expect(seen.map(value => (value.startsWith('dd') ? 'd' : value)).sort()).toEqual([...expected, 'd'].sort())
  })

  test('a record that the topic does not take is no fault that passes', async () => {
    const { log, topic } = await open()
    await log.ensureTopics([{ name: topic, partitions: 1, compacted: true }])
    const producer = await log.producer(`p-${topic}`)
    await expect(producer.append(topic, [text('without a key')])).rejects.toMatchObject({ code: 'RECORD_INVALID' })
    await producer.append(topic, keyed(1, 'a'))
    expect(values(await readAll(log, from(topic, 1)))).toEqual(['a0'])
  })

  test.each([
    ['answer to a batch', api.produce],
    ['answer to a commit', api.endTransaction],
    ['answer to which partitions take part', api.addPartitions],
    ['answer to who leads', api.metadata],
    ['answer to who coordinates', api.findCoordinator],
    ['answer to who writes', api.initProducerId],
  ])('where the %s is lost, everything lands once', async (_, key) => {
    const { log, topic } = await open()
    await log.ensureTopics([{ name: topic, partitions: 3 }])
    let lost = 0
    const producer = await throughProxy(topic, answered => {
      if (answered !== key || lost++ % 3 > 1) return
      return 'lost'
    })
    for (const word of ['a', 'b', 'c']) await producer.append(topic, keyed(10, word))
    expect(lost).toBeGreaterThan(2)
    const expected = ['a', 'b', 'c'].flatMap(word => values(keyed(10, word) as never))
    expect(values(await readAll(log, from(topic, 3))).sort()).toEqual(expected.sort())
  })

  /** Where the code of its first partition stands in the answer to a batch. */
  const codeAt = (topic: string) => 4 + 2 + topic.length + 4 + 4

  test.each([
    ['NOT_LEADER_FOR_PARTITION', 6],
    ['NOT_ENOUGH_REPLICAS_AFTER_APPEND', 20],
  ])('a batch that landed is known again when it is sent once more after %s', async (_, code) => {
    const { log, topic } = await open()
    await log.ensureTopics([{ name: topic, partitions: 2 }])
    let answers = 0
    const producer = await throughProxy(topic, (key, answer) => {
      if (key === api.produce && answers++ % 3 < 2) answer.writeInt16BE(code, codeAt(topic))
    })
    await producer.append(topic, keyed(10, 'a'))
    await producer.append(topic, keyed(10, 'b'))
    expect(answers).toBe(6)
    const expected = ['a', 'b'].flatMap(word => values(keyed(10, word) as never))
    expect(values(await readAll(log, from(topic, 2))).sort()).toEqual(expected.sort())
  })

  test('a batch that its leader calls a duplicate needs no further question', async () => {
    const { log, topic } = await open()
    await log.ensureTopics([{ name: topic, partitions: 2 }])
    const asked: number[] = []
    const producer = await throughProxy(topic, (key, answer) => {
      asked.push(key)
      if (key === api.produce) answer.writeInt16BE(46, codeAt(topic))
    })
    asked.length = 0
    await producer.append(topic, keyed(10, 'a'))
    expect(asked).toEqual([api.metadata, api.addPartitions, api.produce, api.endTransaction])
    expect(values(await readAll(log, from(topic, 2))).sort()).toEqual(values(keyed(10, 'a') as never).sort())
  })

  test.each([
    ['OUT_OF_ORDER_SEQUENCE_NUMBER', 45, 'LOG_UNAVAILABLE', 'OUT_OF_ORDER_SEQUENCE_NUMBER'],
    ['TOPIC_AUTHORIZATION_FAILED', 29, 'LOG_FORBIDDEN', 'denies access'],
  ])('after %s nothing of the append lands, and the next one does', async (_, code, ours, said) => {
    const { log, topic } = await open()
    await log.ensureTopics([{ name: topic, partitions: 2 }])
    let answers = 0
    const producer = await throughProxy(topic, (key, answer) => {
      if (key === api.produce && answers++ === 1) answer.writeInt16BE(code, codeAt(topic))
    })
    await producer.append(topic, keyed(10, 'a'))
    const failing = producer.append(topic, keyed(10, 'b'))
    await expect(failing).rejects.toMatchObject({ code: ours, message: expect.stringContaining(said) })
    await producer.append(topic, keyed(10, 'c'))
    const expected = ['a', 'c'].flatMap(word => values(keyed(10, word) as never))
    expect(values(await readAll(log, from(topic, 2))).sort()).toEqual(expected.sort())
  })

  test('a commit of which nothing is heard until the append is given up counts as what it was', async () => {
    const { log, topic } = await open()
    await log.ensureTopics([{ name: topic, partitions: 2 }])
    let deaf = false
    let lost = 0
    const proxy = await proxyTo(broker().brokers[0]!, key => {
      if (key !== api.endTransaction || !deaf) return
      lost++
      return 'lost'
    })
    closers.push(() => proxy.close())
    // Once the append is given up the answers come through.
    const logger = { debug() {}, warn: (_: object, said: string) => void (deaf &&= !said.includes('not answered')) }
    const producer = await openProducer({ brokers: [proxy.address], appendMs: 500, logger }, `p-${topic}`)
    closers.push(() => producer.close())
    // On a slow machine an append may be given up before it comes to its commit; that one says so, and lands not.
    for (let landed = false; !landed; ) {
      lost = 0
      deaf = true
      landed = await producer.append(topic, keyed(4, 'a')).then(
        () => true,
        error => {
          if (lost > 0) throw error
          return false
        },
      )
    }
    expect(lost).toBeGreaterThan(0)
    expect(values(await readAll(log, from(topic, 2))).sort()).toEqual(['a0', 'a1', 'a2', 'a3'])
  })

  test('brokers that allow no transaction as long as an append are told what to allow', async () => {
    const halfAnHour = 30 * 60_000
    await expect(openProducer({ brokers: broker().brokers, appendMs: halfAnHour }, randomUUID())).rejects.toMatchObject(
      {
        code: 'LOG_MISCONFIGURED',
        message: expect.stringContaining('transaction.max.timeout.ms to 1810000'),
      },
    )
  })

  test('a failed append takes its id back from nobody', async () => {
    const { log, topic } = await open()
    await log.ensureTopics([{ name: topic, partitions: 2 }])
    let deaf = true
    const older = await throughProxy(topic, (key, answer) => {
      if (key === api.produce && deaf) answer.writeInt16BE(45, codeAt(topic))
    })
    const newer = await log.producer(`p-${topic}`)
    await expect(older.append(topic, keyed(4, 'a'))).rejects.toMatchObject({ code: 'PRODUCER_FENCED' })
    deaf = false
    await newer.append(topic, keyed(4, 'b'))
    expect(values(await readAll(log, from(topic, 2))).sort()).toEqual(['b0', 'b1', 'b2', 'b3'])
  })
})
