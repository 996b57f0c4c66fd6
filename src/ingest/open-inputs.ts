import type { SchemaRegistry } from '../codec/registry.ts'
import { GrowingReader } from '../log/growing-reader.ts'
import type { Log, LogRecord, Position } from '../log/log.ts'
import type { PipelineDefinition } from '../records/definition.ts'
import { Forgotten } from '../records/forgotten.ts'
import { onlyPart, owns, type Part } from '../records/part.ts'
import { type Topics, topicsOf } from '../records/topics.ts'
import type { Warehouse } from '../records/warehouse.ts'
import { Beginnings } from './beginnings.ts'
import { createEventCollector, createItemCollector, createProfileCollector } from './collect/collect.ts'
import { FeatureFeed } from './feature-feed.ts'
import { FeatureFeeds } from './feature-feeds.ts'
import { CommandFeed } from './forget/command-feed.ts'
import { forgetful } from './forget/passed-over.ts'
import type { NoticeAbout } from './intake.ts'
import { Landing } from './landing.ts'
import { EventInput } from './order/event-input.ts'
import type { Outbox } from './outbox.ts'
import { HandedPositions } from './positions.ts'
import { restore } from './restore.ts'
import { SchemaWait } from './schema-wait.ts'
import type { Stages } from './stages.ts'
import { forgetPositions, startPositions } from './start-positions.ts'
import { datesOf } from './waiting-records.ts'

export interface IngestOptions {
  definition: PipelineDefinition
  log: Log
  warehouse: Warehouse
  registry?: SchemaRegistry
  /** Milliseconds; only for measuring. */
  clock: () => number
  /** Default: the only one. */
  part?: Part
  /** Records a batch (default 10,000). */
  batchSize?: number
  /** A record on an output topic that cannot be read. */
  onUnreadable?: (record: LogRecord) => void
  /** Ingest waits for something outside, such as a schema registry that does not answer. */
  onWaiting?: (message: string) => void
  /** Records are gone from the log that were never read: go on without them, and say so here; else that is an error. */
  onLost?: (message: string) => void
  /** What people should look at: much is rejected, or a function of the definition fails. A few times at most. */
  onNotice?: (message: string, about: NoticeAbout) => void
  /** Who is to be forgotten, and who was. */
  forgotten?: Forgotten
  /** The warehouse is built again, in the recorded order: told at its beginning and end. */
  onRebuild?: (message: string) => void
}

/** What ingest works with: its stages and outbox as the last commit left them, and what it reads from there on. */
export interface Inputs {
  stages: Stages
  outbox: Outbox
  events: EventInput
  handed: HandedPositions
  schemas: SchemaWait
  features: FeatureFeeds
  landing: Landing
  commands: CommandFeed
  beginnings: Beginnings
  forgotten: Forgotten
}

/** Profiles, and items, that may wait for events to come as far as their time. */
const waitingLimit = 50_000

/** Bring back what the last commit left, and open every topic where it was left. */
export async function openInputs(options: IngestOptions): Promise<Inputs> {
  const { definition, log, warehouse, part = onlyPart } = options
  const topics = topicsOf(definition.name)
  const registry = options.registry === undefined ? {} : { registry: options.registry }
  const { decode = {} } = definition
  const collector = createEventCollector({ ...registry, decode: decode.event })
  const forgotten = options.forgotten ?? new Forgotten(() => null)
  const commands = await CommandFeed.open(log, topics.commands, forgotten)
  const { outbox, stages, newest } = await restore({ ...options, forgotten, collector })
  const beginnings = await Beginnings.open({ log, topics, warehouse, outbox }, newest.sequence)
  if (outbox.publishedChange === null) {
    // The topic is from before there were changes: what is known is told now, once.
    for (const topic of [topics.userProfiles, topics.items]) await forgetPositions(log, warehouse, topic)
  }
  const from = await startPositions(log, warehouse)
  const isOurs = (positions: Position[]) => positions.filter(({ partition }) => owns(part, partition))
  const theirs = { ours: false, onLost: options.onLost }
  const ours = { ours: true, onLost: options.onLost }
  const [eventsFrom, usersFrom, itemsFrom, ...landFrom] = await Promise.all([
    from(topics.behaviourEvents, theirs).then(isOurs),
    from(topics.userProfiles, theirs),
    from(topics.items, theirs),
    ...landedBy(part, topics).map(topic => from(topic, ours).then(isOurs)),
  ])
  const batchSize = options.batchSize ?? 10_000
  const [events, userReader, itemReader, landing] = await Promise.all([
    EventInput.open({
      ...{ log, topics, part, batchSize, from: eventsFrom },
      ...{ newest, outbox, stages, onRebuild: options.onRebuild ?? (() => {}) },
    }),
    GrowingReader.open(log, usersFrom, { name: 'profiles' }),
    GrowingReader.open(log, itemsFrom, { name: 'items' }),
    Landing.open(log, topics, landFrom.flat(), options.onUnreadable ?? (() => {}), part),
  ])
  const schemas = new SchemaWait({ events, collector, batchSize, onWaiting: options.onWaiting ?? (() => {}) })
  const dates = datesOf(definition)
  const users = new FeatureFeed({
    ...{ limit: waitingLimit, reader: userReader, dates },
    collector: forgetful(createProfileCollector({ ...registry, decode: decode.profile }), forgotten),
  })
  const items = new FeatureFeed({
    ...{ limit: waitingLimit, reader: itemReader, dates },
    collector: createItemCollector({ ...registry, decode: decode.item }),
  })
  const handed = new HandedPositions([...eventsFrom, ...usersFrom, ...itemsFrom, ...landFrom.flat()])
  const features = new FeatureFeeds(users, items)
  features.known = beginnings.known
  return { stages, outbox, events, handed, schemas, features, landing, commands, beginnings, forgotten }
}

/** Topics of the learner's that a part brings into its tables; what has one partition is the first part's. */
function landedBy({ of }: Part, topics: Topics): string[] {
  const { recommendations, modelVersions, commands, blockOrder } = topics
  return [recommendations, modelVersions, commands, ...(of > 1 ? [blockOrder] : [])]
}
