import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import { decodeBlock } from '../../src/codec/block.ts'
import { encodeEvent, encodeItem, encodeProfile } from '../../src/codec/input.ts'
import { Ingest } from '../../src/ingest/ingest.ts'
import { openEmbeddedLog } from '../../src/log/embedded/embedded-log.ts'
import type { Log, LogRecord } from '../../src/log/log.ts'
import { definePipeline } from '../../src/pipeline/define-pipeline.ts'
import type { Change } from '../../src/records/interest-block.ts'
import { topicSpecs, topicsOf } from '../../src/records/topics.ts'
import type { EnrichedEvent } from '../../src/records/warehouse.ts'
import { layoutOf } from '../../src/run/layout.ts'
import { openWarehouse } from '../../src/warehouse/open-warehouse.ts'
import { allOf } from '../log/fixtures/read.ts'
import { failingAfter as failingLog } from './failing-log.ts'

export const start = Date.UTC(2024, 0, 1)
const definition = definePipeline({
  name: 'shop',
  behaviours: { view: { again: 'always' } },
  reward: () => 1,
  scale: { kind: 'watch', positiveFrom: 0.5 },
})
export const topics = topicsOf('shop')
/** The folder and the log of the test at hand. */
export let folder: string
export let log: Log

/** Each test of a file has a log of its own. */
export function withShopLog(): void {
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'recstream-shop-'))
    log = await openEmbeddedLog({ folder: join(folder, 'log') })
    await log.ensureTopics(topicSpecs('shop', 1))
  })
  afterEach(async () => {
    await log.close()
    rmSync(folder, { recursive: true, force: true })
  })
}

export interface Sent {
  at: number
  item?: string
  user?: string
  attributes?: Record<string, string> | null
  /** Of an event: its traceparent. */
  trace?: string
}

/** Send items, profiles (null: deleted) and views. */
export async function send(sent: readonly Sent[]): Promise<void> {
  const producer = await log.producer('outside')
  const at = ({ at }: Sent, key: string, value: Buffer | null) => ({ key, value, timestamp: start + at })
  const isView = ({ attributes }: Sent) => attributes === undefined
  const items = sent.filter(each => !isView(each) && each.item !== undefined)
  const users = sent.filter(each => !isView(each) && each.item === undefined)
  await producer.append(
    topics.items,
    items.map(each => {
      const { item: itemId = '', attributes = null } = each
      return at(each, itemId, attributes && encodeItem({ itemId, title: itemId, attributes, tags: ['t'] }))
    }),
  )
  await producer.append(
    topics.userProfiles,
    users.map(each => {
      const { user: userId = '', attributes = null } = each
      return at(each, userId, attributes && encodeProfile({ userId, attributes }))
    }),
  )
  await producer.append(
    topics.behaviourEvents,
    sent.filter(isView).map(each => {
      const { at: ms, user: userId = '', item: itemId = '' } = each
      const event = { eventId: `e${ms}`, userId, itemId, behaviour: 'view', time: start + ms }
      const value = encodeEvent({ ...event, value: null, properties: {}, recommendationId: null })
      return {
        ...at(each, userId, value),
        ...(each.trace === undefined ? {} : { headers: { traceparent: each.trace } }),
      }
    }),
  )
  await producer.close()
}

export async function ingestAll(on: Log = log, name = 'data'): Promise<void> {
  const { warehouse: file, snapshots, archive } = layoutOf(join(folder, name), 'shop')
  const warehouse = await openWarehouse({ file, snapshots, archive })
  try {
    const ingest = await Ingest.open({ definition, log: on, warehouse, clock: () => 0, batchSize: 2 })
    try {
      while ((await ingest.step(10)) || !(await ingest.drained()));
    } finally {
      await ingest.close()
    }
  } finally {
    await warehouse.close()
  }
}

export async function rowsOf(name: string): Promise<EnrichedEvent[]> {
  const { warehouse: file, snapshots, archive } = layoutOf(join(folder, name), 'shop')
  const warehouse = await openWarehouse({ file, snapshots, archive })
  try {
    return await warehouse.events(0, 1_000)
  } finally {
    await warehouse.close()
  }
}

/** The log, which takes no more than so many appends of sequences. */
export const failingAfter = (appends: number): Log => failingLog(log, topics.interestSequences, appends)

export const onTopic = (): Promise<LogRecord[]> => allOf(log, topics.interestSequences)

/** Changes on the topic, each with the row that it comes before, and what users stand with. */
export async function told(): Promise<{
  changes: [row: number, change: Change][]
  attributes: [row: number, text: string][]
}> {
  const changes: [number, Change][] = []
  const attributes: [number, string][] = []
  let row = 1
  for (const { value } of await onTopic()) {
    const block = decodeBlock(value!)
    for (const change of block.changes) changes.push([row + change.before, { ...change, before: 0 }])
    for (const [k, user] of block.user.entries()) attributes.push([block.sequence[k]!, block.users[user]!.attributes])
    row += block.sequence.length
  }
  return { changes, attributes: attributes.filter(([, text]) => text !== '') }
}
