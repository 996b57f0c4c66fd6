import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CompressionTypes, Kafka, logLevel } from 'kafkajs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { encodeRecommendation } from '../../src/codec/output.ts'
import { Ingest } from '../../src/ingest/ingest.ts'
import type { IngestOptions } from '../../src/ingest/open-inputs.ts'
import { openKafkaLog } from '../../src/log/kafka/kafka-log.ts'
import type { Log } from '../../src/log/log.ts'
import { definePipeline } from '../../src/pipeline/define-pipeline.ts'
import { topicSpecs, topicsOf } from '../../src/records/topics.ts'
import type { Warehouse } from '../../src/records/warehouse.ts'
import { layoutOf } from '../../src/run/layout.ts'
import { openWarehouse } from '../../src/warehouse/open-warehouse.ts'
import { describeKafka, emptyTopics } from '../kafka/brokers.ts'
import { oneList } from './one-list.ts'

const start = Date.UTC(2024, 0, 1)

describeKafka('ingest on Kafka', broker => {
  let folder: string
  let log: Log
  let name: string
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'recstream-ingest-'))
    log = await openKafkaLog({ brokers: broker().brokers })
    name = `ingest-${Math.random().toString(36).slice(2)}`
    await log.ensureTopics(topicSpecs(name, 1))
  })
  afterEach(async () => {
    await log.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const openStore = (): Promise<Warehouse> => {
    const { warehouse: file, snapshots, archive } = layoutOf(folder, name)
    return openWarehouse({ file, snapshots, archive })
  }
  const event = (k: number) => ({
    key: `u${k % 3}`,
    value: Buffer.from(JSON.stringify({ userId: `u${k % 3}`, itemId: `i${k}`, behaviour: 'view', time: start + k })),
    timestamp: start + k,
  })
  /** A commit is acknowledged before its marker is in the log. */
  const endsAt = (topic: string, end: number) =>
    expect.poll(async () => (await log.ranges(topic))[0]!.end, { timeout: 20_000 }).toBe(end)
  /** Ingest what is there, until everything is read, and end in good order. */
  const ingestAll = async (from = log, options: Partial<IngestOptions> = {}): Promise<number> => {
    const warehouse = await openStore()
    const definition = definePipeline({
      ...{ name, behaviours: ['view'], reward: () => 1, scale: { kind: 'watch', positiveFrom: 0.5 } },
    })
    try {
      const ingest = await Ingest.open({ definition, log: from, warehouse, clock: () => 0, ...options })
      while ((await ingest.step(10)) || !(await ingest.drained()) || !(await ingest.landed()));
      await ingest.close()
      return (await warehouse.newest()).sequence
    } finally {
      await warehouse.close()
    }
  }
  test('keeps positions past the markers of transactions, so that a log emptied by its retention is gone on with', async () => {
    const topics = topicsOf(name)
    const producer = await log.producer(`${name}.outside`)
    await producer.append(topics.behaviourEvents, [0, 1, 2, 3].map(event))
    await producer.append(topics.recommendations, [
      { key: 'u', timestamp: 1, value: encodeRecommendation(oneList, 'avro'), headers: { 'recstream-sequence': '1' } },
    ])
    await endsAt(topics.behaviourEvents, 5)
    await endsAt(topics.recommendations, 2)
    expect(await ingestAll()).toBe(4)
    const before = [topics.behaviourEvents, topics.recommendations]
    const warehouse = await openStore()
    const stored = await warehouse.positions()
    await warehouse.close()
    for (const topic of before) {
      const [range] = await log.ranges(topic)
      expect(stored.find(position => position.topic === topic)).toEqual({ topic, partition: 0, offset: range!.end })
    }
    await emptyTopics(broker().brokers, ...before)
    await producer.append(topics.behaviourEvents, [4, 5].map(event))
    expect(await ingestAll()).toBe(6)
    await producer.close()
  })

  test('refuses a gap that may hold records, says how many, and goes on without them where it is told to', async () => {
    const { behaviourEvents } = topicsOf(name)
    const producer = await log.producer(`${name}.outside`)
    await producer.append(behaviourEvents, [0, 1].map(event))
    await endsAt(behaviourEvents, 3)
    expect(await ingestAll()).toBe(2)
    await producer.append(behaviourEvents, [2, 3, 4].map(event))
    await endsAt(behaviourEvents, 7)
    await emptyTopics(broker().brokers, behaviourEvents)
    await expect(ingestAll()).rejects.toMatchObject({
      code: 'OFFSET_OUT_OF_RANGE',
      message: expect.stringMatching(/^Up to 4 records .*retention/),
    })
    await producer.append(behaviourEvents, [5, 6].map(event))
    await producer.close()
    const lost: string[] = []
    expect(await ingestAll(log, { onLost: message => lost.push(message) })).toBe(4)
    expect(lost).toEqual([expect.stringMatching(/^Going on without up to 4 records of .*behaviour-events\/0/)])
    expect(await ingestAll()).toBe(4)
  })

  test('a batch that unpacks to more than is accepted costs one dead letter, in a rebuild too', async () => {
    const topics = topicsOf(name)
    const client = new Kafka({ brokers: broker().brokers, logLevel: logLevel.NOTHING }).producer()
    await client.connect()
    const send = (from: number, to: number, compression: CompressionTypes) => {
      const messages = Array.from({ length: to - from }, (_, k) => event(from + k))
      const sent = messages.map(({ key, value, timestamp }) => ({ key, value, timestamp: String(timestamp) }))
      return client.send({ topic: topics.behaviourEvents, messages: sent, compression })
    }
    await send(0, 3, CompressionTypes.None)
    await send(3, 103, CompressionTypes.GZIP)
    await send(103, 106, CompressionTypes.GZIP)
    await client.disconnect()
    const strict = await openKafkaLog({ brokers: broker().brokers, unpackedBytes: 2_000 })
    try {
      for (const again of [false, true]) {
        if (again) rmSync(folder, { recursive: true })
        expect(await ingestAll(strict)).toBe(6)
        const warehouse = await openStore()
        expect((await warehouse.events(0, 10)).map(({ offset }) => offset)).toEqual([0, 1, 2, 103, 104, 105])
        const [letter, ...others] = await warehouse.deadLetters(0, 10)
        expect(others).toEqual([])
        expect(letter).toMatchObject({ number: 1, partition: 0, offset: 102, reason: 'unreadable', key: null })
        expect(letter!.message).toMatch(/^100 records at the offsets 3 to 102 cannot be read: packed with gzip, /)
        await warehouse.close()
      }
      const [published] = await log.newest(topics.deadLetters)
      expect(published!.value!.readInt32BE(57)).toBe(100)
      expect((await log.ranges(topics.deadLetters))[0]!.end).toBe(2)
    } finally {
      await strict.close()
    }
  })
})
