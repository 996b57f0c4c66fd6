import { existsSync } from 'node:fs'
import { RecstreamError } from '../../errors.ts'
import { allRejected } from '../../ingest/all-rejected.ts'
import { openKey } from '../../ingest/clean/clean.ts'
import { createEventCollector } from '../../ingest/collect/collect.ts'
import { DefinitionFailure } from '../../ingest/definition-calls.ts'
import type { Feeds } from '../../ingest/join/feature-tables.ts'
import { itemFeatures, noFeatures } from '../../ingest/join/features.ts'
import { Stages } from '../../ingest/stages.ts'
import type { LogRecord } from '../../log/log.ts'
import type { BehaviourEvent, PipelineDefinition } from '../../records/definition.ts'
import { openSource } from '../../sources/open-source.ts'
import { sourceStreams } from '../../sources/source-streams.ts'
import { timeOrder } from '../../sources/time-order.ts'
import type { CatalogueChange, Ratings } from './ratings.ts'

export interface LoadedRatings extends Ratings {
  /** The data's name, such as "ml-100k". */
  readonly source: string
  /** Events that cleaning rejected, repeats for one. */
  readonly rejected: number
}

/**
 * Read a pipeline's source into columns, cleaned and joined by the pipeline's own stages.
 *
 *     const ratings = await loadRatings(await findPipeline('movielens'), 'ml-100k')   // 100,000 rows
 *
 * Profiles count as written before the first event, and so do items that say no time of their own. All of it lies in
 * memory, about 0.4 kB an event.
 * `onNotice` is told what `start` would say: that much is rejected, or that a function of the definition fails.
 */
export async function loadRatings(
  definition: PipelineDefinition,
  folder?: string,
  onNotice: (message: string) => void = () => {},
): Promise<LoadedRatings> {
  const source = openSource(definition, folderOf(definition, folder))
  const streams = sourceStreams(definition, source)
  const position = { sequence: 0, deadLetter: 0, publishedSequence: Number.MAX_SAFE_INTEGER, key: openKey }
  // What surrounds an event is no property of its user: whoever passes the rows on adds it to each.
  const { context: _, ...features } = definition.features
  const stages = new Stages({
    definition: { ...definition, features },
    collector: createEventCollector({}),
    position,
    clock: () => 0,
    onNotice,
  })
  const users: ReturnType<Feeds['users']['take']> = []
  const attributes = new Map<string, string>()
  const catalogue: CatalogueChange[] = []
  for await (const row of streams.profiles.rows()) {
    const value = streams.profiles.check(row, users.length + 1)
    users.push({ record: recordAt(0, users.length), value })
    attributes.set(value.userId, JSON.stringify(value.attributes))
  }
  for await (const row of streams.items.rows()) {
    const { time = Number.NEGATIVE_INFINITY, deleted = false, ...item } = streams.items.check(row, catalogue.length + 1)
    const found = itemFeatures(item, features)
    catalogue.push({ ...item, time, deleted, features: found instanceof DefinitionFailure ? noFeatures : found })
  }
  catalogue.sort((a, b) => a.time - b.time || 0)
  let known = 0
  const items: Feeds['items'] = {
    take(timestamp) {
      const from = known
      while (known < catalogue.length && catalogue[known]!.time <= timestamp) known += 1
      return catalogue.slice(from, known).map(({ time, deleted, features: _, ...item }, k) => ({
        record: recordAt(Math.max(0, time), from + k),
        value: deleted ? { deleted: true, id: item.itemId } : item,
      }))
    },
  }
  stages.settle({ users: { take: () => users }, items }, 0)

  const events: BehaviourEvent[] = []
  const rewards: number[] = []
  const texts = { user: new Map<string, string>(), item: new Map<string, string>() }
  let [chunk, read]: [BehaviourEvent[], number] = [[], 0]
  let why: string | undefined
  const work = () => {
    const collected = chunk.map((value, offset) => ({ record: recordAt(value.time, offset), value }))
    const { events: kept, deadLetters } = stages.work(collected, { users: { take: () => [] }, items })
    why ??= deadLetters.find(({ reason }) => reason === 'definition-failed')?.message ?? deadLetters[0]?.message
    for (const row of kept) {
      events.push(chunk[row.offset]!)
      rewards.push(row.reward)
      texts.user.set(row.userId, row.userFeatures)
      texts.item.set(row.itemId, row.itemFeatures)
    }
    read += chunk.length
    chunk = []
  }
  for await (const row of streams.events.rows()) {
    const number = read + chunk.length + 1
    const event = streams.events.check(row, number)
    if (chunk.push(event) === 8192) work()
  }
  work()
  stages.intake.pause()
  const useless = allRejected({ kept: events.length, rejected: stages.intake.events.rejected }, `the first: ${why}`)
  if (useless !== null) throw new RecstreamError(useless.code, useless.message)
  const columns = columnsOf(events, rewards, texts)
  const userAttributes = columns.userIds.map(id => attributes.get(id) ?? '')
  return { source: source.name, rejected: read - events.length, catalogue, userAttributes, ...columns }
}

function folderOf({ name, source }: PipelineDefinition, given: string | undefined): string {
  if (source === undefined) {
    throw new RecstreamError(
      'CONFIG_INVALID',
      `The pipeline ${name} has no source to read; choose one with --pipeline.`,
    )
  }
  const folder = given ?? source.folder
  if (folder === undefined) {
    throw new RecstreamError('SOURCE_MISSING', `The pipeline ${name} needs a folder to read; give it with --source.`)
  }
  if (source.kind !== 'text' && !existsSync(folder)) {
    throw new RecstreamError('SOURCE_MISSING', `There is no folder "${folder}"; give the right one with --source.`)
  }
  return folder
}

function columnsOf(
  events: readonly BehaviourEvent[],
  rewards: readonly number[],
  features: Record<'user' | 'item', ReadonlyMap<string, string>>,
): Omit<Ratings, 'catalogue'> {
  const { length } = events
  const order = timeOrder(Float64Array.from(events, event => event.time))
  const [user, item] = [new Int32Array(length), new Int32Array(length)]
  const [reward, time] = [new Float64Array(length), new Float64Array(length)]
  const slots = { user: new Map<string, number>(), item: new Map<string, number>() }
  const slotOf = (table: Map<string, number>, id: string): number => {
    const slot = table.get(id) ?? table.size
    if (slot === table.size) table.set(id, slot)
    return slot
  }
  for (let row = 0; row < length; row++) {
    const event = events[order[row]!]!
    user[row] = slotOf(slots.user, event.userId)
    item[row] = slotOf(slots.item, event.itemId)
    reward[row] = rewards[order[row]!]!
    time[row] = event.time
  }
  const [userIds, itemIds] = [[...slots.user.keys()], [...slots.item.keys()]]
  return {
    ...{ length, user, item, reward, time, userIds, itemIds },
    userTokens: userIds.map(id => JSON.parse(features.user.get(id)!) as string[]),
    itemTokens: itemIds.map(id => JSON.parse(features.item.get(id)!) as string[]),
    event: row => events[order[row]!]!,
  }
}

/** Stands for a record of the log, of which the stages look at the place and the timestamp only. */
function recordAt(timestamp: number, offset: number): LogRecord {
  return { topic: '', partition: 0, offset, timestamp, key: null, value: null, headers: {} }
}
