import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach } from 'vitest'
import { openEmbeddedLog } from '../../src/log/embedded/embedded-log.ts'
import type { Log, LogRecord } from '../../src/log/log.ts'
import { definePipeline } from '../../src/pipeline/define-pipeline.ts'
import type { BehaviourEvent, PipelineDefinition, SourceReader } from '../../src/records/definition.ts'
import { topicSpecs, topicsOf } from '../../src/records/topics.ts'
import { allOf } from '../log/fixtures/read.ts'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'recstream-import-'))
  folders.push(folder)
  return folder
}

export const topics = topicsOf('shop')
export const imported = [topics.userProfiles, topics.items, topics.behaviourEvents]

/** A source of so many rows each; `edit` changes an event by its row, from 1. */
export function rowsOf(
  counts: { users: number; items: number; events: number },
  edit: (event: BehaviourEvent, row: number) => BehaviourEvent = event => event,
): SourceReader {
  const list = <T>(length: number, make: (i: number) => T) => Array.from({ length }, (_, i) => make(i))
  return {
    name: 'rows',
    profiles: () => list(counts.users, i => ({ userId: `u${i}`, attributes: { age: `${i}` } })),
    items: () => list(counts.items, i => ({ itemId: `i${i}`, title: `Item ${i}`, attributes: {}, tags: [] })),
    async *events() {
      for (let i = 0; i < counts.events; i++) {
        yield edit(
          {
            ...{
              eventId: `e${i}`,
              userId: `u${i % 7}`,
              itemId: `i${i % 3}`,
              behaviour: 'view',
              time: 1_700_000_000_000 + i,
            },
            ...{ value: i, properties: {}, recommendationId: null },
          },
          i + 1,
        )
      }
    },
    eventCount: () => counts.events,
  }
}

export function shop(
  reader: SourceReader,
  settings: { partitions?: number; encoding?: 'json' | 'avro' } = {},
): PipelineDefinition {
  return definePipeline({
    name: 'shop',
    behaviours: ['view'],
    scale: { kind: 'watch', positiveFrom: 0.5 },
    reward: () => 0,
    encoding: 'json',
    ...settings,
    source: { read: () => reader },
  })
}

export async function freshLog(partitions = 1): Promise<Log> {
  const log = await openEmbeddedLog({ folder: temporaryFolder() })
  await log.ensureTopics(topicSpecs('shop', partitions))
  return log
}

/** Everything on a topic by partition, offsets left out. */
export async function contents(log: Log, topic: string): Promise<Omit<LogRecord, 'offset'>[][]> {
  const found: Omit<LogRecord, 'offset'>[][] = (await log.ranges(topic)).map(() => [])
  for (const { offset: _, ...record } of await allOf(log, topic)) found[record.partition]!.push(record)
  return found
}

export async function everything(log: Log): Promise<Omit<LogRecord, 'offset'>[][][]> {
  const all: Omit<LogRecord, 'offset'>[][][] = []
  for (const topic of imported) all.push(await contents(log, topic))
  return all
}

export const marks = (records: Omit<LogRecord, 'offset'>[]) =>
  records.map(({ headers }) => headers['recstream-import']?.toString().replace(/:[0-9a-f]{8}$/, ''))
