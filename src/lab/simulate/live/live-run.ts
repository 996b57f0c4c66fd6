import { encodeEvent, encodeItem, encodeProfile, inputEncodings } from '../../../codec/input.ts'
import { decodeRecommendation } from '../../../codec/output.ts'
import { RecstreamError } from '../../../errors.ts'
import { createEventCollector } from '../../../ingest/collect/collect.ts'
import { beginnings } from '../../../log/beginnings.ts'
import type { Log, OutgoingRecord, Producer, Reader } from '../../../log/log.ts'
import { partitionOf } from '../../../log/partitioner.ts'
import { readToEnd } from '../../../log/read-or-end.ts'
import type { BehaviourEvent, PipelineDefinition } from '../../../records/definition.ts'
import { type Topics, topicSpecs, topicsOf } from '../../../records/topics.ts'
import type { Crowd } from './crowd.ts'
import { createRecall } from './recall.ts'

export interface LiveOptions {
  log: Log
  definition: PipelineDefinition
  crowd: Crowd
  seed: number
  /**
   * The run nears its end once so many items have been shown, or an event has this event time, ms; then everybody looks on up
   * to the newest event, so that what is there up to that time is whole.
   */
  steps: number
  until: number
  /** Ends the run between two rounds, or while it waits for lists; the next one goes on from there. */
  stop: AbortSignal
  /** So long, ms, may nothing come while lists are waited for; then it is LIST_MISSING. */
  patienceMs: number
  /** Milliseconds; for patience alone. */
  clock: () => number
  /** After earlier rounds were lived through again, and after every round. */
  onRound: () => void
}

/** Records of an append, and bytes of a batch of items or profiles. */
const batchSize = 1_000

/**
 * Let a crowd use a pipeline over its topics, in rounds: a round's events are appended at once, and the next one begins when
 * their lists are there. So the same people and the same learner give the same run, on any log and at any speed.
 *
 *     await runLive({ log, definition, crowd, seed: 1, steps: 60_000, until: Infinity, stop, patienceMs: 60_000, clock, onRound })
 *
 * What earlier runs of the same seed left on the topics is lived through again first, and is all that a run goes on from: one
 * may be killed at any instant. Another run of the same seed that is still alive is fenced (Kafka) or refuses this one.
 */
export async function runLive(options: LiveOptions): Promise<void> {
  const { log, definition, crowd, seed } = options
  const topics = topicsOf(definition.name)
  await log.ensureTopics(
    topicSpecs(definition.name, definition.partitions, definition.topicRetention, definition.parts),
  )
  // Whoever holds the producer holds the topics' ends still: only then may they be looked at.
  const producer = await log.producer(`${definition.name}.simulate.${seed}`, [
    topics.behaviourEvents,
    topics.items,
    topics.userProfiles,
  ])
  const lists = await log.reader(beginnings(topics.recommendations, await log.ranges(topics.recommendations)), {
    name: 'simulate',
  })
  const partitions = (await log.ranges(topics.behaviourEvents)).length
  try {
    const writing = await writer(log, topics, producer, definition)
    let waitingFor = await recallEarlier(options, topics, lists)
    if (crowd.steps === 0) await writing.items(crowd)
    options.onRound()
    let end = Number.POSITIVE_INFINITY
    while (await received(waitingFor, lists, options)) {
      if (crowd.steps >= options.steps || crowd.time >= options.until) end = Math.min(end, crowd.time)
      if (crowd.next >= end) return
      await writing.arrivals(crowd)
      const events = crowd.round(end)
      await writing.events(events, crowd.time)
      waitingFor = lastOfEach(events, partitions)
      options.onRound()
    }
  } finally {
    await lists.close()
    await producer.close()
  }
}

/** Read back what earlier runs left; the events whose lists may not have come yet. */
async function recallEarlier(
  { log, crowd, seed }: LiveOptions,
  topics: Topics,
  lists: Reader,
): Promise<BehaviourEvent[]> {
  const recall = createRecall(seed)
  const collector = createEventCollector()
  const newest: BehaviourEvent[] = []
  const events = await log.reader(beginnings(topics.behaviourEvents, await log.ranges(topics.behaviourEvents)), {
    name: 'simulate',
  })
  await readToEnd(events, record => {
    const collected = collector.collect(record)
    if (!('value' in collected)) return
    if (recall.event(collected.value)) newest[record.partition] = collected.value
  })
  await events.close()
  await readToEnd(lists, record => recall.list(decodeRecommendation(record.value!)))
  crowd.again(recall)
  return Object.values(newest)
}

/** Wait for the lists of events; false if the run is to stop. */
async function received(
  events: readonly BehaviourEvent[],
  lists: Reader,
  { crowd, stop, patienceMs, clock, definition }: LiveOptions,
): Promise<boolean> {
  let since = clock()
  while (!events.every(crowd.answered)) {
    const records = await lists.read(200)
    let theirs = 0
    for (const { value } of records) if (value !== null && crowd.receive(decodeRecommendation(value))) theirs += 1
    if (theirs > 0) since = clock()
    if (stop.aborted) return false
    if (clock() - since < patienceMs) continue
    const missing = events.find(event => !crowd.answered(event))!
    throw new RecstreamError(
      'LIST_MISSING',
      `No list came within ${Math.round(patienceMs / 1000)} s for the event ${missing.eventId} of ${missing.userId}; is \`recstream start ${definition.name}\` running on this log, with recommend.everyMs 0, and is the event no dead letter?`,
    )
  }
  return !stop.aborted
}

/** The last event of each partition: lists come in the order of events, so that its list is the last one too. */
function lastOfEach(events: readonly BehaviourEvent[], partitions: number): BehaviourEvent[] {
  const last = new Map(events.map(event => [partitionOf(event.userId, partitions), event]))
  return [...last.values()]
}

/**
 * Appends to the input topics. Events have timestamps that never go back; profiles and items have the epoch, as imports give
 * them, so that one that is written again after a kill is the same record.
 */
async function writer(log: Log, topics: Topics, producer: Producer, definition: PipelineDefinition) {
  const encodings = inputEncodings(definition)
  const append = async (topic: string, records: readonly OutgoingRecord[]) => {
    for (let from = 0; from < records.length; from += batchSize) {
      await producer.append(topic, records.slice(from, from + batchSize))
    }
  }
  const written = await Promise.all([topics.behaviourEvents, topics.userProfiles].map(topic => log.newest(topic)))
  let now = written.flat().reduce((newest, { timestamp }) => Math.max(newest, timestamp), definition.epoch)
  return {
    items: (crowd: Crowd) =>
      append(
        topics.items,
        crowd
          .items()
          .map(item => ({ key: item.itemId, timestamp: definition.epoch, value: encodeItem(item, encodings.item) })),
      ),
    arrivals: (crowd: Crowd) =>
      append(
        topics.userProfiles,
        crowd.arrivals().map(profile => ({
          key: profile.userId,
          timestamp: definition.epoch,
          value: encodeProfile(profile, encodings.profile),
        })),
      ),
    // All of a round or none of it: only so does a killed run go on as one that was not.
    events(events: readonly BehaviourEvent[], newest: number) {
      now = Math.max(now, newest)
      return producer.append(
        topics.behaviourEvents,
        events.map(event => ({ key: event.userId, timestamp: now, value: encodeEvent(event, encodings.event) })),
      )
    },
  }
}
