import { decodeBlock, encodeBlock } from '../codec/block.ts'
import { RecstreamError } from '../errors.ts'
import { openKey } from '../ingest/clean/clean.ts'
import {
  type Collected,
  createEventCollector,
  createItemCollector,
  createProfileCollector,
  type Tombstone,
} from '../ingest/collect/collect.ts'
import { Stages } from '../ingest/stages.ts'
import { datesOf, WaitingRecords } from '../ingest/waiting-records.ts'
import type { LogRecord } from '../log/log.ts'
import { definitionProblem } from '../pipeline/define-pipeline.ts'
import { withSettings } from '../pipeline/settings.ts'
import { datedHeader } from '../records/beginning.ts'
import { isDated } from '../records/checks/time.ts'
import type { BehaviourEvent, Item, PipelineDefinition, UserProfile } from '../records/definition.ts'
import type { InterestBlock } from '../records/interest-block.ts'
import type { Score } from '../records/model-version.ts'
import type { Recommendation } from '../records/recommendation.ts'
import type { DeadLetter, ItemRow, UserRow } from '../records/warehouse.ts'
import { openSource, sourceOf } from '../sources/open-source.ts'
import { type SourceStream, sourceStreams } from '../sources/source-streams.ts'
import { Lists } from './lists.ts'
import {
  type InterestSequence,
  type KeptEvent,
  keptEvent,
  type RejectedRecord,
  rejectedRecord,
  sequencesOf,
} from './outputs.ts'
import {
  type InputTopic,
  RecordPlaces,
  type SentEvent,
  type SentItem,
  type SentProfile,
  type SentRecord,
} from './records.ts'

export interface TestPipelineOptions {
  /** Settings to change, by path, as `--set` does: { 'recommend.everyMs': 0 }. */
  settings?: Readonly<Record<string, unknown>>
  /** Short for the setting learn.seed. */
  seed?: number
  /** Time of the first event that says none, ms. Default: 1 January 2026. */
  startsAt?: number
  /** Event time between one event and the next that says none, ms. Default: a minute. */
  stepMs?: number
}

/** What became of a record: a row, a rejection, or neither, for a profile or an item that is taken. */
export interface Outcome {
  row: KeptEvent | null
  rejection: RejectedRecord | null
  /** The definition's `decode` said null: the record is not the pipeline's. */
  passedOver: boolean
}

/** A pipeline in memory; see `testPipeline`. */
export interface TestPipeline {
  /** The definition with the settings of the options. */
  readonly definition: PipelineDefinition
  /** Write a profile; events from its time on are joined to it. */
  profile(profile: SentProfile): Outcome
  /** Write an item; events from its time on are joined to it. */
  item(item: SentItem): Outcome
  /** Send an event: `pipeline.send({ userId: 'ada', itemId: 'tea', behaviour: 'buy' }).row?.reward`. */
  send(event: SentEvent): Outcome
  /** Send events in order; the same as one by one. */
  sendAll(events: Iterable<SentEvent>): Outcome[]
  /**
   * Write a record as it is: bytes, JSON that is not an event's, Avro, one without a key or a value. Where the definition has
   * a `decode` for the topic, it decodes this; all other calls write records of our own shape.
   */
  sendRecord(record: SentRecord): Outcome
  /** Write what the definition's own source holds, at most `events` of its events; `folder` is what --source gives. */
  importSource(options?: { folder?: string; events?: number }): Promise<void>
  /** Events that were kept, in order. */
  readonly rows: readonly KeptEvent[]
  /** Records that were refused, in order; those that no event has come after yet stand last. */
  readonly rejections: readonly RejectedRecord[]
  /** What the learner gets, one for each row. */
  readonly sequences: readonly InterestSequence[]
  /** Tokens of the newest profile of a user; null without one. */
  userFeatures(userId: string): readonly string[] | null
  /** Tokens of the newest record of an item; null without one. */
  itemFeatures(itemId: string): readonly string[] | null
  /** Every list that was made, in order. */
  lists(): Promise<readonly Recommendation[]>
  /** The newest list of a user; null for one who has none. At most one comes in recommend.everyMs of event time. */
  listFor(userId: string): Promise<Recommendation | null>
  /** How well each policy predicted the events before it learned from them. */
  scores(): Promise<Score[]>
  dispose(): void
  [Symbol.dispose](): void
}

/**
 * Run a pipeline in memory, to test its definition: records in; rows, rejections, sequences and lists out.
 *
 *     const pipeline = testPipeline(shop, { settings: { 'recommend.everyMs': 0 } })
 *     pipeline.item({ itemId: 'tea', attributes: { kind: 'drink' } })
 *     pipeline.send({ userId: 'ada', itemId: 'tea', behaviour: 'buy' })
 *     pipeline.rows[0].reward                             // 1
 *     pipeline.rows[0].itemFeatures                       // ['kind=drink']
 *     pipeline.send({ userId: 'ada', itemId: 'tea', behaviour: 'stare' })
 *     pipeline.rejections[0].reason                       // 'unknown-behaviour'
 *     (await pipeline.listFor('ada'))?.items              // null, or the newest list
 *     pipeline.dispose()
 *
 * There is no process, clock, disk or thread: the stages and the learner are those of `recstream start`, and the same records
 * give the same rows and lists, sent one by one or at once. Lists are those of `--backend wasm`, bit for bit.
 *
 * An event joins the profiles and items that were sent before it and are not dated later; those that stood before the first event
 * are known from the beginning, unless `time` says since when they are so. A definition that is not
 * allowed is PIPELINE_INVALID, a setting CONFIG_INVALID.
 */
export function testPipeline(given: PipelineDefinition, options: TestPipelineOptions = {}): TestPipeline {
  const definition = checked(given, options)
  const { name, partitions } = definition
  const { startsAt = Date.UTC(2026, 0, 1), stepMs = 60_000 } = options
  const places = new RecordPlaces({ pipeline: name, partitions, startsAt, stepMs })
  const stages = newStages(definition)
  const { decode = {} } = definition
  const ours = { events: createEventCollector(), profiles: createProfileCollector(), items: createItemCollector() }
  const foreign = {
    events: createEventCollector({ decode: decode.event }),
    profiles: createProfileCollector({ decode: decode.profile }),
    items: createItemCollector({ decode: decode.item }),
  }
  const dates = datesOf(definition)
  const waiting = {
    users: new WaitingRecords<UserProfile | Tombstone>(dates),
    items: new WaitingRecords<Item | Tombstone>(dates),
  }
  const joined = { users: new Map<string, UserRow>(), items: new Map<string, ItemRow>() }
  const rows: KeptEvent[] = []
  const rejections: RejectedRecord[] = []
  const blocks: InterestBlock[] = []
  /** What was given for each record, by its place. */
  const sent = new Map<string, unknown>()
  const lists = new Lists(definition, blocks)

  const rejected = (letter: DeadLetter) => rejectedRecord(letter, sent.get(placeOf(letter)))
  /** What profiles and items come to, though no event has passed them in time. */
  const aside = newStages(definition)
  const look = (feeds: { users?: Collected<UserProfile | Tombstone>[]; items?: Collected<Item | Tombstone>[] }) =>
    aside.settle(
      { users: { take: () => feeds.users ?? [] }, items: { take: () => feeds.items ?? [] } },
      Number.POSITIVE_INFINITY,
    )
  const waitingNow = () => look({ users: waiting.users.all(), items: waiting.items.all() })

  let begun = false
  /** What was sent before the first event, and is dated later, is known from the beginning. */
  const begin = (after: number) => {
    begun = true
    for (const [feed, topic] of [
      [waiting.users, 'user-profiles'],
      [waiting.items, 'items'],
    ] as const) {
      const ends = places.ends(topic)
      feed.known = new Map(ends.map(({ partition, offset }) => [partition, { topic, partition, offset, after }]))
    }
  }

  const workOn = (record: LogRecord, entry: Collected<BehaviourEvent>): Outcome => {
    if (!begun && 'value' in entry && isDated(record.timestamp)) begin(record.timestamp)
    const output = stages.work([entry], waiting)
    for (const row of output.users) joined.users.set(row.userId, row)
    for (const row of output.items) joined.items.set(row.itemId, row)
    blocks.push(...output.blocks.map(block => decodeBlock(encodeBlock(block))))
    const kept = output.events.map(keptEvent)
    const letters = output.deadLetters.map(rejected)
    rows.push(...kept)
    rejections.push(...letters)
    const rejection = letters.find(letter => letter.topic === record.topic) ?? null
    return { row: kept[0] ?? null, rejection, passedOver: 'passedOver' in entry }
  }

  const write = (record: SentRecord, shown: unknown, as: typeof ours = ours): Outcome => {
    const placed = places.place(record)
    sent.set(placeOf(placed), shown)
    if (record.topic === 'user-profiles') {
      const entry = as.profiles.collect(placed)
      waiting.users.add(entry)
      const rejection = look({ users: [entry] }).deadLetters.map(rejected)[0] ?? null
      return { row: null, rejection, passedOver: 'passedOver' in entry }
    }
    if (record.topic === 'items') {
      const entry = as.items.collect(placed)
      waiting.items.add(entry)
      const rejection = look({ items: [entry] }).deadLetters.map(rejected)[0] ?? null
      return { row: null, rejection, passedOver: 'passedOver' in entry }
    }
    return workOn(placed, as.events.collect(placed))
  }

  /** Producers date a record by the event in it, which only the definition can see here. */
  const dated = (record: SentRecord): SentRecord => {
    const { topic = 'behaviour-events', timestamp } = record
    if (decode.event === undefined || topic !== 'behaviour-events' || timestamp !== undefined) return record
    const seen = foreign.events.collect(places.preview(record))
    return 'value' in seen ? { ...record, timestamp: seen.value.time } : record
  }

  const send = (event: SentEvent): Outcome => {
    const value = { ...event, time: event.time ?? places.next }
    return write({ key: String(event.userId), value }, value)
  }

  /** Whoever says a time means it. */
  const at = (time: number | undefined) =>
    time === undefined ? { timestamp: places.now } : { timestamp: time, headers: { [datedHeader]: '1' } }

  const dispose = () => lists.dispose()
  return {
    definition,
    profile({ time, ...profile }) {
      return write({ topic: 'user-profiles', key: String(profile.userId), value: profile, ...at(time) }, profile)
    },
    item({ time, ...item }) {
      return write({ topic: 'items', key: String(item.itemId), value: item, ...at(time) }, item)
    },
    send,
    sendAll: events => Array.from(events, send),
    sendRecord: record => write(dated(record), record.value, foreign),
    async importSource({ folder, events = Number.POSITIVE_INFINITY } = {}) {
      const source = openSource(definition, folder ?? sourceOf(definition).folder ?? '')
      for (const stream of Object.values(sourceStreams(definition, source)) as SourceStream<unknown>[]) {
        const topic = stream.topic.slice(name.length + 1) as InputTopic
        let left = stream.role === 'events' ? events : Number.POSITIVE_INFINITY
        let number = 0
        for await (const row of stream.rows()) {
          if (left-- <= 0) break
          write({ topic, ...stream.encode(stream.check(row, ++number)) } as SentRecord, row)
        }
      }
    },
    rows,
    get rejections() {
      return [...rejections, ...waitingNow().deadLetters.map(rejected)]
    },
    get sequences() {
      return blocks.flatMap(sequencesOf)
    },
    userFeatures(userId) {
      return tokens(waitingNow().users.findLast(row => row.userId === userId) ?? joined.users.get(userId))
    },
    itemFeatures(itemId) {
      return tokens(waitingNow().items.findLast(row => row.itemId === itemId) ?? joined.items.get(itemId))
    },
    lists: () => lists.all(),
    listFor: async userId => (await lists.all()).findLast(list => list.userId === userId) ?? null,
    scores: () => lists.scores(),
    dispose,
    [Symbol.dispose]: dispose,
  }
}

function checked(given: PipelineDefinition, { settings = {}, seed }: TestPipelineOptions): PipelineDefinition {
  const isObject = typeof given === 'object' && given !== null
  const problem = isObject ? definitionProblem(given) : 'It is no object.'
  if (problem !== null) {
    throw new RecstreamError(
      'PIPELINE_INVALID',
      `testPipeline takes what definePipeline returns, such as the default export of your module. ${problem}`,
    )
  }
  return withSettings(given, { ...settings, ...(seed === undefined ? {} : { 'learn.seed': seed }) })
}

function newStages(definition: PipelineDefinition): Stages {
  const position = { sequence: 0, deadLetter: 0, publishedSequence: 0, key: openKey }
  return new Stages({ definition, collector: createEventCollector(), position, clock: () => 0 })
}

function placeOf({ topic, partition, offset }: Pick<LogRecord, 'topic' | 'partition' | 'offset'>): string {
  return `${topic}/${partition}/${offset}`
}

function tokens(row: UserRow | ItemRow | undefined): readonly string[] | null {
  return row === undefined || row.deleted ? null : JSON.parse(row.features)
}
