import type { ReadDeadLetter } from '../../ingest/collect/dead-letter.ts'
import { bytesOf } from '../../ingest/fitting-appends.ts'
import type { Log, OutgoingRecord } from '../../log/log.ts'
import type { Headers } from '../../records/header-text.ts'
import { plural } from '../../records/words.ts'
import type { Connection } from '../../run/messages.ts'
import { choosePipeline } from '../choose-pipeline.ts'
import { openPipelineLog } from '../open-pipeline-log.ts'
import { jsonLine, writeLines } from '../print/write-lines.ts'
import type { DeadLetterOptions } from './dead-letter-options.ts'
import { readDeadLetters } from './read-dead-letters.ts'

export interface ReplayOptions extends DeadLetterOptions {
  reason?: string
  yes?: true
}

/** Names the dead letter that a replayed record was; its number as text. */
const replayedHeader = 'recstream-replayed'
const batchBytes = 768 * 1024

/** Send dead letters to the topics that they came from; without --yes only say which. */
export async function replayDeadLetters(connection: Connection, options: ReplayOptions): Promise<void> {
  const chosen = await choosePipeline(options.pipeline, options.data)
  const log = await openPipelineLog(chosen, connection)
  const wanted = ({ reason, topic, originalBytes, originalKeyBytes, originalHeaderBytes }: ReadDeadLetter) =>
    (options.reason === undefined || reason === options.reason) &&
    topic.startsWith(`${chosen.name}.`) &&
    // It holds a batch as the broker kept it, which is no record.
    reason !== 'unreadable' &&
    // Of these only the beginning is here, which nobody ever sent.
    originalBytes === undefined &&
    originalKeyBytes === undefined &&
    originalHeaderBytes === undefined
  try {
    const counts = await (options.yes ? sendAgain : countOnly)(log, chosen.name, wanted)
    const total = Object.values(counts).reduce((sum, number) => sum + number, 0)
    if (options.json) {
      const report = { pipeline: chosen.name, replayed: options.yes === true, total, byTopic: counts }
      void writeLines([jsonLine(report)])
      return
    }
    if (total === 0) void writeLines(['There is nothing to replay.'])
    for (const [topic, number] of Object.entries(counts)) {
      const said = options.yes ? 'Sent' : 'Would send'
      void writeLines([`${said} ${plural(number, 'record')} to ${topic} again.`])
    }
    if (total > 0 && !options.yes) void writeLines(['Nothing was sent; say --yes to do it.'])
  } finally {
    await log.close()
  }
}

type Counts = Record<string, number>
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
  const producer = await log.producer(`${pipeline}.replay`)
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
