import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { encodeRecommendation } from '../../src/codec/output.ts'
import { Ingest } from '../../src/ingest/ingest.ts'
import { openKafkaLog } from '../../src/log/kafka/kafka-log.ts'
import type { Log } from '../../src/log/log.ts'
import { definePipeline } from '../../src/pipeline/define-pipeline.ts'
import { topicSpecs, topicsOf } from '../../src/records/topics.ts'
import type { Warehouse } from '../../src/records/warehouse.ts'
import { layoutOf } from '../../src/run/layout.ts'
import { openWarehouse } from '../../src/warehouse/duckdb-warehouse.ts'
import { describeKafka, emptyTopics } from '../kafka/brokers.ts'

const start = Date.UTC(2024, 0, 1)

describeKafka('positions of ingest on Kafka', broker => {
  let folder: string
  let log: Log
  let name: string
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'recstream-positions-'))
    log = await openKafkaLog({ brokers: broker().brokers })
    name = `positions-${Math.random().toString(36).slice(2)}`
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
  /** Ingest what is there, until everything is read, and end in good order. */
  const ingestAll = async (): Promise<number> => {
    const warehouse = await openStore()
    const definition = definePipeline({
      ...{ name, behaviours: ['view'], reward: () => 1, scale: { kind: 'watch', positiveFrom: 0.5 } },
    })
    const ingest = await Ingest.open({ definition, log, warehouse, clock: () => 0 })
    while ((await ingest.step(10)) || !(await ingest.drained()) || !(await ingest.landed()));
    await ingest.close()
    const { sequence } = await warehouse.newest()
    await warehouse.close()
    return sequence
  }
  test('stand past the markers of transactions, so that a log emptied by its retention is gone on with', async () => {
    const topics = topicsOf(name)
    const producer = await log.producer(`${name}.outside`)
    await producer.append(topics.behaviourEvents, [0, 1, 2, 3].map(event))
    const list = {
      ...{ recommendationId: 'r', userId: 'u', time: 1, sequence: 1, partition: 0, offset: 0, modelVersion: 0 },
      ...{ policy: 'p', arm: 'a', items: [] },
    }
    await producer.append(topics.recommendations, [
      { key: 'u', timestamp: 1, value: encodeRecommendation(list, 'avro'), headers: { 'recstream-sequence': '1' } },
    ])
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

  test('refuse a gap that may hold records, and say how many', async () => {
    const { behaviourEvents } = topicsOf(name)
    const producer = await log.producer(`${name}.outside`)
    await producer.append(behaviourEvents, [0, 1].map(event))
    expect(await ingestAll()).toBe(2)
    await producer.append(behaviourEvents, [2, 3, 4].map(event))
    await producer.close()
    await emptyTopics(broker().brokers, behaviourEvents)
    await expect(ingestAll()).rejects.toMatchObject({
      code: 'OFFSET_OUT_OF_RANGE',
      message: expect.stringMatching(/^Up to 4 records .*retention/),
    })
  })
})
