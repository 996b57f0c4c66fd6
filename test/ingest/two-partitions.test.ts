import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { decodeBlock } from '../../src/codec/block.ts'
import { encodeEvent } from '../../src/codec/input.ts'
import { Ingest } from '../../src/ingest/ingest.ts'
import { openEmbeddedLog } from '../../src/log/embedded/embedded-log.ts'
import { definePipeline } from '../../src/pipeline/define-pipeline.ts'
import { topicSpecs, topicsOf } from '../../src/records/topics.ts'
import { layoutOf } from '../../src/run/layout.ts'
import { sequencesOf } from '../../src/testing/outputs.ts'
import { openWarehouse } from '../../src/warehouse/open-warehouse.ts'

const start = Date.UTC(2024, 0, 1)
const topics = topicsOf('shop')
const definition = definePipeline({
  name: 'shop',
  behaviours: ['view'],
  reward: () => 1,
  scale: { kind: 'watch', positiveFrom: 0.5 },
  clean: { botLimit: 4, botWindowMs: 10_000 },
  window: { shortLength: 3 },
})
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'recstream-two-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** What ingest makes of one user's events that arrive in this order, on these partitions. */
async function ingested(name: string, sent: readonly { id: string; at: number; partition: number }[]) {
  const { log: logs, warehouse: file, snapshots, archive } = layoutOf(join(folder, name), 'shop')
  const log = await openEmbeddedLog({ folder: logs })
  await log.ensureTopics(topicSpecs('shop', 2))
  const warehouse = await openWarehouse({ file, snapshots, archive, shortLength: 3 })
  const ingest = await Ingest.open({ definition, log, warehouse, clock: () => 0 })
  const producer = await log.producer('outside')
  for (const { id, at, partition } of sent) {
    const event = { eventId: id, userId: 'ann', itemId: id, behaviour: 'view', time: start + at }
    const value = encodeEvent({ ...event, value: null, properties: {}, recommendationId: null })
    await producer.append(topics.behaviourEvents, [{ partition, key: 'ann', value, timestamp: start + 60_000 }])
    while ((await ingest.step(10)) || !(await ingest.drained()));
  }
  const kept = (await warehouse.events(0, 100)).map(({ eventId, late, count }) => ({ eventId, late, count }))
  const rejected = (await warehouse.deadLetters(0, 100)).map(({ reason }) => reason)
  const reader = await log.reader([{ topic: topics.interestSequences, partition: 0, offset: 0 }])
  const blocks = (await reader.read(0)).flatMap(({ value }) => sequencesOf(decodeBlock(value!)))
  const windows = blocks.map(({ itemId, window }) => `${itemId}: ${window.map(each => each.itemId).join(' ')}`)
  await reader.close()
  await producer.close()
  await ingest.close()
  await warehouse.close()
  await log.close()
  return { kept, rejected, windows }
}

test('a user on two partitions passes no filter: repeats, the bot limit and the window are as on one', async () => {
  const sent = [
    { id: 'a', at: 0, partition: 0 },
    { id: 'b', at: 1_000, partition: 1 },
    { id: 'c', at: 2_000, partition: 0 },
    { id: 'b', at: 1_000, partition: 0 }, // again, by the other way
    { id: 'd', at: 500, partition: 1 }, // late
    { id: 'e', at: 3_000, partition: 1 }, // the fifth in ten seconds
    { id: 'f', at: 12_000, partition: 0 },
    { id: 'g', at: 13_000, partition: 1 },
  ]
  const found = await ingested('two', sent)
  expect(found).toEqual({
    kept: [
      { eventId: 'a', late: false, count: 1 },
      { eventId: 'b', late: false, count: 2 },
      { eventId: 'c', late: false, count: 3 },
      { eventId: 'd', late: true, count: 4 },
      { eventId: 'f', late: false, count: 5 },
      { eventId: 'g', late: false, count: 6 },
    ],
    rejected: ['duplicate-id', 'bot-rate'],
    windows: ['a: ', 'b: a', 'c: a b', 'd: a b c', 'f: d b c', 'g: b c f'],
  })
  const one = sent.map(each => ({ ...each, partition: 0 }))
  expect(await ingested('one', one)).toEqual(found)
})
