import type { ReadDeadLetter } from '../../ingest/collect/dead-letter.ts'
import { bytesOf } from '../../ingest/fitting-appends.ts'
import type { Log, OutgoingRecord } from '../../log/log.ts'
import type { Headers } from '../../records/header-text.ts'
import { topicsOf } from '../../records/topics.ts'
import { readDeadLetters } from './read-dead-letters.ts'

/** Names the dead letter that a replayed record was; its number as text. */
const replayedHeader = 'recstream-replayed'
const batchBytes = 768 * 1024

export interface Replay {
  /** Only those with this reason. */
  reason?: string | undefined
  /** Send them; else they are only counted. */
  send: boolean
}

/** Records by the topic that they go to. */
export type Counts = Record<string, number>

/**
 * Send a pipeline's dead letters to the topics that they came from, or only count those that would be sent.
 *
 *     await replayDeadLetters(log, 'shop', { reason: 'unknown-behaviour', send: true })   // { 'shop.behaviour-events': 17 }
 */
export function replayDeadLetters(log: Log, pipeline: string, { reason: only, send }: Replay): Promise<Counts> {
  const wanted: Wanted = ({ reason, topic, originalBytes, originalKeyBytes, originalHeaderBytes }) =>
    (only === undefined || reason === only) &&
    topic.startsWith(`${pipeline}.`) &&
    // It holds a batch as the broker kept it, which is no record.
    reason !== 'unreadable' &&
    // Of these only the beginning is here, which nobody ever sent.
    originalBytes === undefined &&
    originalKeyBytes === undefined &&
    originalHeaderBytes === undefined
  return (send ? sendAgain : countOnly)(log, pipeline, wanted)
}

type Wanted = (letter: ReadDeadLetter) => boolean

async function countOnly(log: Log, pipeline: string, wanted: Wanted): Promise<Counts> {
  const counts: Counts = {}
  for await (const letters of readDeadLetters(log, pipeline)) {
    for (const { topic } of letters.filter(wanted)) counts[topic] = (counts[topic] ?? 0) + 1
  }
  return counts
}

async function sendAgain(log: Log, pipeline: string, wanted: Wanted): Promise<Counts> {
  const counts: Counts = {}
  const { behaviourEvents, userProfiles, items } = topicsOf(pipeline)
  const producer = await log.producer(`${pipeline}.replay`, [behaviourEvents, userProfiles, items])
  try {
    for await (const letters of readDeadLetters(log, pipeline)) {
      for (const [topic, batch] of batches(letters.filter(wanted))) {
        await producer.append(topic, batch)
        counts[topic] = (counts[topic] ?? 0) + batch.length
      }
    }
  } finally {
    await producer.close()
  }
  return counts
}

/** Letters as appends: in order, each to one topic and small enough for a broker. */
function* batches(letters: readonly ReadDeadLetter[]): Generator<[topic: string, batch: OutgoingRecord[]]> {
  let topic = ''
  let batch: OutgoingRecord[] = []
  let size = 0
  for (const letter of letters) {
    const { key, value } = letter
    const headers = { ...sentAgain(letter.headers), [replayedHeader]: String(letter.number) }
    // Sent now, so joined to what is known now.
    const record = { key, value, timestamp: Date.now(), headers }
    const length = bytesOf(record)
    if (batch.length > 0 && (letter.topic !== topic || size + length > batchBytes)) {
      yield [topic, batch]
      batch = []
      size = 0
    }
    topic = letter.topic
    size += length
    batch.push(record)
  }
  if (batch.length > 0) yield [topic, batch]
}

/** The original headers, but ours: they speak of the place where the record stood, such as how far an import had come. */
function sentAgain(headers: Headers): Headers {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith('recstream-')))
}
