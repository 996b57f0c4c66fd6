import { hostname } from 'node:os'
import { inputEncoding } from '../../codec/input.ts'
import { RecstreamError } from '../../errors.ts'
import type { OutgoingRecord, Producer } from '../../log/log.ts'
import type { Decode } from '../../records/definition.ts'
import { topicSpecs, topicsOf } from '../../records/topics.ts'
import { count, plural } from '../../records/words.ts'
import type { Connection } from '../../run/messages.ts'
import { openLog } from '../../run/open-log.ts'
import { type ChosenPipeline, choosePipeline } from '../choose-pipeline.ts'
import type { CommonOptions } from '../common-options.ts'
import type { ConnectionOptions } from '../connection-options.ts'
import { openPipelineLog } from '../open-pipeline-log.ts'
import { jsonLine, say, writeLines } from '../print/write-lines.ts'
import { type InputRole, inputRoles, topicRole } from '../topic-role.ts'
import { lineChecker } from './checked-line.ts'
import { linesOf } from './lines-of.ts'

export interface SendOptions extends CommonOptions, ConnectionOptions {
  pipeline?: string
  tombstone?: string[]
  recordTime: 'now' | 'event'
  skipInvalid?: true
}

const batchSize = 1_000
/** A record must fit the broker's limit of 1 MiB, with room for its frame. */
const batchBytes = 768 * 1024
/** Say no more than this many bad lines one by one. */
const shownProblems = 20

/** Send stdin's lines, or tombstones, to an input topic. */
export async function send(given: string, connection: Connection, options: SendOptions): Promise<void> {
  const { role, pipeline = options.pipeline } = topicRole(given, inputRoles)
  if (options.tombstone !== undefined && role === 'behaviour-events') {
    throw new RecstreamError(
      'CONFIG_INVALID',
      'An event cannot be deleted; --tombstone is for user-profiles and items.',
    )
  }
  if (options.tombstone === undefined && process.stdin.isTTY) {
    say('Reading JSON lines from the keyboard; end with Ctrl-D.')
  }
  const chosen = await choosePipeline(pipeline, options.data)
  const { log, decode } = await inputLog(chosen, pipeline, connection)
  const topic = `${chosen.name}.${role}`
  try {
    // The id is this process's own: any number may send at once, and none of them shuts another out.
    const producer = await log.producer(`${chosen.name}.send.${hostname()}.${process.pid}`)
    try {
      const sent = options.tombstone
        ? await sendTombstones(producer, topic, options.tombstone)
        : await sendLines(producer, topic, lineChecker(role, options.recordTime, Date.now, encodingOf(role, decode)))
      sayWhatWasSent(topic, sent, options)
    } finally {
      await producer.close()
    }
  } finally {
    await log.close()
  }
}

/** Topics are made where the pipeline's definition is at hand, so that a first event may come before the first start. */
async function inputLog(chosen: ChosenPipeline, given: string | undefined, connection: Connection) {
  const { findPipeline } = await import('../../run/find-pipeline.ts')
  const definition = await findPipeline(given ?? chosen.name).catch(() => null)
  if (definition === null) return { log: await openPipelineLog(chosen, connection), decode: undefined }
  const log = await openLog(connection, chosen.layout)
  // Whether the retention of one that is there may do is for the pipeline to say, when it runs.
  const { behaviourEvents, userProfiles, items } = topicsOf(definition.name)
  const inputs = topicSpecs(definition.name, definition.partitions, 'any').filter(({ name }) =>
    [behaviourEvents, userProfiles, items].includes(name),
  )
  await log.ensureTopics(inputs)
  return { log, decode: definition.decode }
}

/** JSON where that has our shape on the topic. */
function encodingOf(role: InputRole, decode: Decode | undefined) {
  const of = ({ 'behaviour-events': 'event', 'user-profiles': 'profile', items: 'item' } as const)[role]
  return inputEncoding({ decode, encoding: 'json' }, of)
}

type LineCheck = ReturnType<typeof lineChecker>

interface Sent {
  sent: number
  invalid: number
}

async function sendTombstones(producer: Producer, topic: string, ids: readonly string[]): Promise<Sent> {
  await producer.append(
    topic,
    ids.map(key => ({ key, value: null, timestamp: Date.now() })),
  )
  return { sent: ids.length, invalid: 0 }
}

async function sendLines(producer: Producer, topic: string, check: LineCheck): Promise<Sent> {
  const totals: Sent = { sent: 0, invalid: 0 }
  let batch: OutgoingRecord[] = []
  let bytes = 0
  const flush = async () => {
    if (batch.length === 0) return
    await producer.append(topic, batch)
    totals.sent += batch.length
    batch = []
    bytes = 0
  }
  let number = 0
  for await (const lines of linesOf(process.stdin)) {
    for (const line of lines) {
      number++
      if (line.trim() === '') continue
      const checked = check(line.endsWith('\r') ? line.slice(0, -1) : line)
      if ('problem' in checked) {
        if (++totals.invalid <= shownProblems) say(`line ${number}: ${checked.problem}`)
        continue
      }
      const size = checked.record.value!.length
      if (batch.length >= batchSize || bytes + size > batchBytes) await flush()
      batch.push(checked.record)
      bytes += size
    }
    // What comes slowly goes at once; what comes fast fills batches.
    if (process.stdin.readableLength === 0) await flush()
  }
  await flush()
  return totals
}

function sayWhatWasSent(topic: string, { sent, invalid }: Sent, options: SendOptions): void {
  if (invalid > shownProblems) say(`… and ${count(invalid - shownProblems)} more lines like these`)
  if (options.json) void writeLines([jsonLine({ topic, sent, invalid })])
  else {
    const left = invalid === 0 ? '' : `; ${plural(invalid, 'line')} left out`
    void writeLines([`Sent ${plural(sent, 'record')} to ${topic}${left}.`])
  }
  if (invalid > 0 && !options.skipInvalid) process.exitCode = 1
}
