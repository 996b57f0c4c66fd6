import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { decodeBlock } from '../../src/codec/block.ts'
import { encodeEvent, encodeItem, encodeProfile } from '../../src/codec/input.ts'
import { createSchemaRegistry } from '../../src/codec/registry.ts'
import { Ingest } from '../../src/ingest/ingest.ts'
import { openEmbeddedLog } from '../../src/log/embedded/embedded-log.ts'
import type { Log } from '../../src/log/log.ts'
import { newestPosition } from '../../src/log/newest-position.ts'
import { definePipeline } from '../../src/pipeline/define-pipeline.ts'
import { lastHeader } from '../../src/records/block-headers.ts'
import { topicSpecs, topicsOf } from '../../src/records/topics.ts'
import type { EnrichedEvent, Warehouse } from '../../src/records/warehouse.ts'
import { layoutOf } from '../../src/run/layout.ts'
import { type InterestSequence, sequencesOf } from '../../src/testing/outputs.ts'
import { openWarehouse } from '../../src/warehouse/open-warehouse.ts'
import { failingAfter } from './failing-log.ts'

const start = Date.UTC(2024, 0, 1)
const pipelineOf = (usersInMemory: number, features = {}) =>
  definePipeline({
    name: 'shop',
    behaviours: ['view'],
    reward: ({ value }) => value ?? 0,
    scale: { kind: 'watch', positiveFrom: 0.5 },
    clean: { botLimit: 6, botWindowMs: 10_000 },
    window: { shortLength: 3, usersInMemory, itemsInMemory: usersInMemory },
    features,
  })
const topics = topicsOf('shop')
let folder: string
let log: Log

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'recstream-ingest-'))
  log = await openEmbeddedLog({ folder: join(folder, 'log') })
  await log.ensureTopics(topicSpecs('shop', 1))
  const producer = await log.producer('outside')
  const at = (k: number, id: string, value: Buffer) => ({ key: id, value, timestamp: start + k })
  const users = Array.from({ length: 12 }, (_, k) => `u${k}`)
  const profiles = users.map(userId => at(0, userId, encodeProfile({ userId, attributes: { name: userId } })))
  const items = Array.from({ length: 20 }, (_, k) => `i${k}`)
  await producer.append(topics.userProfiles, profiles)
  await producer.append(
    topics.items,
    items.map(itemId => at(0, itemId, encodeItem({ itemId, title: itemId, attributes: {}, tags: ['t'] }))),
  )
  const events = Array.from({ length: 240 }, (_, k) => {
    const late = k % 7 === 0 ? 4_000 : 0
    return {
      eventId: k % 31 === 30 ? `e${k - 1}` : `e${k}`,
      userId: users[(k * 5) % 12]!,
      itemId: items[(k * 3) % 20]!,
      behaviour: 'view',
      time: start + 10_000 + k * 100 - late,
      value: (k % 10) / 10,
      properties: {},
      recommendationId: null,
    }
  })
  await producer.append(
    topics.behaviourEvents,
    events.map(event => ({ key: event.userId, value: encodeEvent(event), timestamp: start + 50_000 })),
  )
  await producer.close()
})
afterEach(async () => {
  await log.close()
  rmSync(folder, { recursive: true, force: true })
})

const open = (name: string) => {
  const { warehouse: file, snapshots, archive } = layoutOf(join(folder, name), 'shop')
  return openWarehouse({ file, snapshots, archive, shortLength: 3 })
}

async function ingestAll(warehouse: Warehouse, on: Log, usersInMemory: number, batchSize: number): Promise<void> {
  const options = { definition: pipelineOf(usersInMemory), log: on, warehouse, clock: () => 0, batchSize }
  const ingest = await Ingest.open(options)
  try {
    while ((await ingest.step(10)) || !(await ingest.drained()));
  } finally {
    await ingest.close()
  }
}

async function sequencesOnTopic(): Promise<InterestSequence[]> {
  const reader = await log.reader([{ topic: topics.interestSequences, partition: 0, offset: 0 }])
  const records = await reader.read(0)
  await reader.close()
  return records.flatMap(({ value }) => sequencesOf(decodeBlock(value!)))
}

test('users and items that left memory come back as they were', async () => {
  const rows: EnrichedEvent[][] = []
  for (const usersInMemory of [1_000, 2, 6]) {
    const warehouse = await open(`memory-${usersInMemory}`)
    await ingestAll(warehouse, log, usersInMemory, 7)
    rows.push(await warehouse.events(0, 1_000))
    await warehouse.close()
  }
  expect(rows[0]!.length).toBeGreaterThan(100)
  expect(rows[0]!.some(row => row.late)).toBe(true)
  expect(rows[1]).toEqual(rows[0])
  expect(rows[2]).toEqual(rows[0])
})

test('what was committed and not published is published by the next process, as the first would have', async () => {
  const warehouse = await open('crash')
  await expect(ingestAll(warehouse, failingAfter(log, topics.interestSequences, 4), 2, 7)).rejects.toThrow(
    'the log is gone',
  )
  const { sequence } = await warehouse.newest()
  const published = await sequencesOnTopic()
  expect(published.length).toBeLessThan(sequence)
  await ingestAll(warehouse, log, 2, 7)
  const rows = await warehouse.events(0, 1_000)
  await warehouse.close()
  const sequences = await sequencesOnTopic()
  const marks = (each: InterestSequence | EnrichedEvent) => [each.sequence, each.count, each.late, each.userId]
  expect(sequences.map(marks)).toEqual(rows.map(marks))
  expect(sequences.some(({ window }) => window.length === 3)).toBe(true)
})

test('an event that was rejected is decided like one that was kept: only the place moves, not the row', async () => {
  const warehouse = await open('decided')
  const ingest = await Ingest.open({ definition: pipelineOf(100), log, warehouse, clock: () => 0 })
  const readAll = async () => {
    while ((await ingest.step(10)) || !(await ingest.drained()));
    return ingest.decided
  }
  const before = await readAll()
  const { sequence } = await warehouse.newest()
  expect(before).toEqual({ sequence, positions: [{ partition: 0, offset: 240 }] })
  const producer = await log.producer('outside')
  await producer.append(topics.behaviourEvents, [{ key: 'u0', value: Buffer.from('no event'), timestamp: start }])
  await producer.close()
  expect(await readAll()).toEqual({ sequence, positions: [{ partition: 0, offset: 241 }] })
  await ingest.close()
  const again = await Ingest.open({ definition: pipelineOf(100), log, warehouse, clock: () => 0 })
  expect(again.decided).toEqual({ sequence, positions: [{ partition: 0, offset: 241 }] })
  await again.close()
  await warehouse.close()
})

test('a failure to publish is told by the next step, also when nothing more comes in', async () => {
  const warehouse = await open('quiet')
  const options = {
    definition: pipelineOf(1_000),
    log: failingAfter(log, topics.interestSequences, 0),
    warehouse,
    clock: () => 0,
  }
  const ingest = await Ingest.open(options)
  await expect(
    (async () => {
      for (let step = 0; step < 200; step++) await ingest.step(10)
    })(),
  ).rejects.toThrow('the log is gone')
  await ingest.close().catch(() => {})
  await warehouse.close()
})

test('a features function that fails costs a dead letter for that profile', async () => {
  const warehouse = await open('features')
  const features = {
    user: ({ userId }: { userId: string }) => {
      if (userId === 'u3') throw new TypeError('no such attribute')
      return [userId]
    },
  }
  const definition = pipelineOf(1_000, features)
  const ingest = await Ingest.open({ definition, log, warehouse, clock: () => 0 })
  while ((await ingest.step(10)) || !(await ingest.drained()));
  await ingest.close()
  const letters = (await warehouse.deadLetters(0, 100)).filter(letter => letter.topic === topics.userProfiles)
  expect(letters.map(letter => [letter.reason, letter.message, letter.key?.toString()])).toEqual([
    ['definition-failed', 'features.user threw TypeError: no such attribute.', 'u3'],
  ])
  const known = (await warehouse.events(0, 1_000)).filter(row => row.userId === 'u3' || row.userId === 'u4')
  expect(new Set(known.map(row => `${row.userId} ${row.userFeatures}`))).toEqual(new Set(['u3 []', 'u4 ["u4"]']))
  await warehouse.close()
})

test('a record that somebody else wrote to an output topic does not hide how far we came', async () => {
  const producer = await log.producer('stranger')
  const ours = { key: null, value: Buffer.from('x'), timestamp: 1, headers: { [lastHeader]: '41' } }
  await producer.append(topics.interestSequences, [ours])
  await producer.append(topics.interestSequences, [{ key: null, value: Buffer.from('hello'), timestamp: 2 }])
  expect(await newestPosition(log, topics.interestSequences, lastHeader)).toBe(41)
  await producer.close()
})

test('a schema registry that is away is told of once for what waits, and again when it goes away again', async () => {
  let away = true
  const server = createServer((_, response) => {
    response.statusCode = away ? 503 : 404
    response.end(JSON.stringify({ error_code: away ? 50301 : 40403 }))
  })
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening))
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const producer = await log.producer('outside')
  const framed = { key: 'u0', value: Buffer.from('000000000702', 'hex'), timestamp: start + 50_000 }
  const warehouse = await open('registry')
  const said: string[] = []
  const ingest = await Ingest.open({
    ...{
      definition: pipelineOf(12),
      log,
      warehouse,
      clock: () => 0,
      registry: createSchemaRegistry(address, { pauseMs: 20 }),
    },
    onWaiting: message => said.push(message),
  })
  try {
    for (let outage = 1; outage <= 2; outage++) {
      away = true
      await producer.append(topics.behaviourEvents, [framed])
      while (said.length < outage) await ingest.step(10)
      for (let again = 0; again < 3; again++) await ingest.step(1)
      expect(said).toHaveLength(outage)
      expect(said.at(-1)).toContain(address)
      away = false
      while ((await ingest.step(10)) || !(await ingest.drained()));
    }
    expect((await warehouse.totals(topics.behaviourEvents)).rejected).toMatchObject({ 'unknown-schema': 2 })
  } finally {
    await ingest.close()
    await producer.close()
    await warehouse.close()
    server.closeAllConnections()
    server.close()
  }
})
