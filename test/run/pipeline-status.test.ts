import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import movielens from '../../pipelines/movielens/index.ts'
import { eventsBefore } from '../../src/cli/start/events-before.ts'
import { openEmbeddedLog } from '../../src/log/embedded/embedded-log.ts'
import type { Log } from '../../src/log/log.ts'
import { topicSpecs, topicsOf } from '../../src/records/topics.ts'
import { askParts, firstControl } from '../../src/run/ask-parts.ts'
import { serveControl } from '../../src/run/control.ts'
import type { IngestStatus } from '../../src/run/ingest-status.ts'
import { type Layout, layoutOf, layoutOfPart } from '../../src/run/layout.ts'
import { pipelineStatus } from '../../src/run/pipeline-status.ts'

const topic = topicsOf('movielens').behaviourEvents
let data: string
let layout: Layout
let log: Log
const closing: (() => Promise<void>)[] = []

beforeEach(async () => {
  data = mkdtempSync(join(tmpdir(), 'recstream-'))
  layout = layoutOf(data, 'movielens')
  log = await openEmbeddedLog({ folder: join(data, 'log') })
  await log.ensureTopics(topicSpecs('movielens', 4, 'forever', 2))
})
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
  await log.close()
  rmSync(data, { recursive: true, force: true })
})

const partOf = (part: number) => layoutOfPart(layout, { part, of: 2 })
const here = (...parts: number[]) => {
  for (const part of parts) mkdirSync(dirname(dirname(partOf(part).warehouse)), { recursive: true })
}

/** A part that answers. */
async function runs(control: string, status: Partial<IngestStatus>): Promise<void> {
  const told: IngestStatus = {
    ...{ log: 'embedded', eventsRead: 12, perSecond: 1.5, sequence: 10, publishedSequence: 9, eventsKept: 10 },
    ...{ rejected: { duplicate: 2 }, recommendations: 4, positions: [], ...status },
  }
  const server = await serveControl(control, { status: async () => told })
  closing.push(() => server.close())
}

const at = (partition: number, offset: number) => ({ topic, partition, offset })

test('of one part its own numbers are told', async () => {
  mkdirSync(layout.root, { recursive: true })
  await runs(layout.control, { positions: [at(1, 0)] })
  const status = await pipelineStatus({ definition: movielens, log, layout })()
  expect(status).toMatchObject({
    ingest: { eventsRead: 12, perSecond: 1.5, sequence: 10, publishedSequence: 9 },
    tables: { eventsKept: 10, rejected: { duplicate: 2 }, recommendations: 4 },
  })
  expect(status).not.toHaveProperty('missingParts')
  expect(status.partitions).toHaveLength(4)
})

test('of several parts the sums are told, and where each partition’s owner reads on', async () => {
  const producer = await log.producer('x')
  const record = { key: null, value: null, timestamp: 0 }
  for (const partition of [0, 1, 2, 3])
    await producer.append(
      topic,
      Array.from({ length: 5 }, () => ({ ...record, partition })),
    )
  here(0, 1)
  // What part 0 says of part 1's partition is not asked.
  await runs(partOf(0).control, { positions: [at(0, 3), at(1, 1), at(2, 5)] })
  await runs(partOf(1).control, { rejected: { duplicate: 1, bot: 3 }, positions: [at(1, 4), at(3, 2)] })
  const status = await pipelineStatus({ definition: { ...movielens, parts: 2 }, log, layout })()
  expect(status).toMatchObject({
    ingest: { eventsRead: 24, perSecond: 3, sequence: 20, publishedSequence: 18 },
    tables: { eventsKept: 20, rejected: { duplicate: 3, bot: 3 }, recommendations: 8 },
    missingParts: [],
  })
  expect(status.partitions!.map(({ partition, lag }) => [partition, lag])).toEqual([
    [0, 2],
    [1, 1],
    [2, 0],
    [3, 3],
  ])
})

test('a part that does not answer is named, and its partitions are left out', async () => {
  here(0, 1)
  await runs(partOf(0).control, {})
  const status = await pipelineStatus({ definition: { ...movielens, parts: 2 }, log, layout })()
  expect(status).toMatchObject({ ingest: { sequence: 10 }, missingParts: [1] })
  expect(status.partitions!.map(({ partition }) => partition)).toEqual([0, 2])
  expect(await eventsBefore(layout)).toBeNull()
})

test('where no part answers nothing is known of ingest', async () => {
  const definition = { ...movielens, parts: 2 }
  expect(await pipelineStatus({ definition, log, layout })()).toMatchObject({ ingest: null, missingParts: [0, 1] })
})

test('what earlier runs took in is the sum over parts', async () => {
  here(0, 1)
  await runs(partOf(0).control, { eventsRead: 2 })
  await runs(partOf(1).control, { eventsRead: 0, sequence: 7, eventsKept: 7, rejected: {} })
  expect(await eventsBefore(layout)).toBe(10 + 2 + 7 - 2)
})

test('for all parts the first that is here answers', async () => {
  here(1)
  expect(firstControl(layout)).toBe(partOf(1).control)
  expect(await askParts(layout, 'status')).toEqual([{ part: 1, of: 2, answer: null }])
})
