import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Kafka, logLevel } from 'kafkajs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { encodeEvent, encodeProfile } from '../../src/codec/input.ts'
import { encodeRecommendation } from '../../src/codec/output.ts'
import { Ingest } from '../../src/ingest/ingest.ts'
import { openKafkaLog } from '../../src/log/kafka/kafka-log.ts'
import type { Log, OutgoingRecord } from '../../src/log/log.ts'
import { definePipeline } from '../../src/pipeline/define-pipeline.ts'
import { topicSpecs, topicsOf } from '../../src/records/topics.ts'
import type { Warehouse } from '../../src/records/warehouse.ts'
import { layoutOf } from '../../src/run/layout.ts'
import { openWarehouse } from '../../src/warehouse/open-warehouse.ts'
import { describeKafka } from '../kafka/brokers.ts'
import { until } from '../promises/command.ts'
import { oneList } from './one-list.ts'

const start = Date.UTC(2024, 0, 1)

describeKafka('partitions that are added while ingest runs', broker => {
  let folder: string
  let log: Log
  let name: string
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'recstream-added-'))
    log = await openKafkaLog({ brokers: broker().brokers })
    name = `added-${Math.random().toString(36).slice(2)}`
    await log.ensureTopics(topicSpecs(name, 1))
  })
  afterEach(async () => {
    await log.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const open = (data: string) => {
    const { warehouse: file, snapshots, archive } = layoutOf(join(folder, data), name)
    return openWarehouse({ file, snapshots, archive })
  }
  const ingestInto = (warehouse: Warehouse) => {
    const definition = definePipeline({
      ...{ name, behaviours: ['view'], reward: () => 1, scale: { kind: 'watch', positiveFrom: 0.5 } },
    })
    return Ingest.open({ definition, log, warehouse, clock: () => 0 })
  }
  const event = (k: number, partition: number): OutgoingRecord => {
    const userId = `u${partition}`
    const more = { behaviour: 'view', value: null, properties: {}, recommendationId: null }
    const value = encodeEvent({ eventId: `e${k}`, userId, itemId: `i${k}`, time: start + k, ...more })
    return { partition, key: userId, value, timestamp: start + k }
  }
  const addPartitions = async (count: number, ...topics: string[]) => {
    const admin = new Kafka({ brokers: broker().brokers, logLevel: logLevel.NOTHING }).admin()
    await admin.connect()
    await admin.createPartitions({ topicPartitions: topics.map(topic => ({ topic, count })) })
    await admin.disconnect()
  }

  test('are read from their beginning within seconds, counted as lag, and built again where they came', async () => {
    const topics = topicsOf(name)
    const producer = await log.producer(`${name}.outside`)
    const warehouse = await open('first')
    const ingest = await ingestInto(warehouse)
    await producer.append(
      topics.behaviourEvents,
      Array.from({ length: 20 }, (_, k) => event(k, 0)),
    )
    while ((await ingest.step(10)) || !(await ingest.drained()));
    await addPartitions(3, topics.behaviourEvents, topics.userProfiles, topics.recommendations)
    await until('the new partitions', async () => (await log.ranges(topics.recommendations)).length === 3)
    const profile = encodeProfile({ userId: 'u2', attributes: { seen: 'late' } })
    await producer.append(topics.userProfiles, [{ partition: 2, key: 'u2', value: profile, timestamp: start + 20 }])
    await producer.append(
      topics.behaviourEvents,
      Array.from({ length: 30 }, (_, k) => event(20 + k, k % 3)),
    )
    await producer.append(topics.recommendations, [
      { partition: 2, key: 'u', timestamp: 1, value: encodeRecommendation(oneList, 'avro') },
    ])
    await until('everything', async () => {
      await ingest.step(50)
      return ingest.progress.sequence === 50 && (await warehouse.newest()).recommendationSequence === 1
    })
    await until('all is committed', async () => !(await ingest.step(10)) && (await ingest.drained()))
    await ingest.close()
    const rows = await warehouse.events(0, 100)
    const read = (await warehouse.positions()).filter(({ topic }) => topic === topics.behaviourEvents)
    await warehouse.close()
    expect(new Set(rows.map(row => row.offset + 100 * row.partition)).size).toBe(50)
    expect(read.map(({ partition }) => partition)).toEqual([0, 1, 2])
    expect(new Set(rows.filter(row => row.userId === 'u2').map(row => row.userFeatures))).toEqual(
      new Set(['["seen=late"]']),
    )

    const again = await open('again')
    const rebuild = await ingestInto(again)
    await until('the rebuild', async () => !(await rebuild.step(10)) && (await rebuild.drained()))
    await rebuild.close()
    expect(await again.events(0, 100)).toEqual(rows)
    await again.close()
    await producer.close()
  })
})
