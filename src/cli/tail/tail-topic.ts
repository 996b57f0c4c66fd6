import { RecstreamError } from '../../errors.ts'
import type { Log, LogRecord, Position } from '../../log/log.ts'
import type { Connection } from '../../run/messages.ts'
import { choosePipeline } from '../choose-pipeline.ts'
import type { CommonOptions } from '../common-options.ts'
import type { ConnectionOptions } from '../connection-options.ts'
import { openPipelineLog } from '../open-pipeline-log.ts'
import { jsonLine, say, writeLines } from '../print/write-lines.ts'
import { registryOf } from '../registry-of.ts'
import { stopSignal } from '../stop-signal.ts'
import { inputRoles, type TopicRole, topicRole, topicRoles } from '../topic-role.ts'
import { type Decoder, decoderOf } from './decoded.ts'

export interface TailOptions extends CommonOptions, ConnectionOptions {
  pipeline?: string
  from?: string
  follow?: true
  limit?: number
  record?: true
}

/** Print a topic from where it was asked for to its end, or on and on. */
export async function tail(given: string, connection: Connection, options: TailOptions): Promise<void> {
  const { role, pipeline = options.pipeline } = topicRole(given, topicRoles)
  const chosen = await choosePipeline(pipeline, options.data)
  const decoder = decoderOf(role, await registryOf(connection), await decodeOf(role, pipeline ?? chosen.name))
  const log = await openPipelineLog(chosen, connection)
  const { stopped } = stopSignal()
  try {
    const topic = `${chosen.name}.${role}`
    await printTopic(log, decoder, await startOf(log, topic, options), options, stopped)
  } finally {
    await log.close()
  }
}

/** A pipeline's own functions for its input topics; a module that is not at hand leaves records as they are. */
async function decodeOf(role: TopicRole, pipeline: string) {
  if (!(inputRoles as readonly string[]).includes(role)) return {}
  const { findPipeline } = await import('../../run/find-pipeline.ts')
  return (await findPipeline(pipeline).catch(() => null))?.decode ?? {}
}

async function startOf(log: Log, topic: string, { from, follow }: TailOptions): Promise<Position[]> {
  const where = from ?? (follow ? 'end' : 'beginning')
  if (!/^(beginning|end|\d{1,15})$/.test(where)) {
    throw new RecstreamError('CONFIG_INVALID', `"${where}" is no place in a topic; give beginning, end or an offset.`)
  }
  const ranges = await log.ranges(topic)
  return ranges.map(({ partition, first, end }) => {
    if (where === 'beginning') return { topic, partition, offset: first }
    if (where === 'end') return { topic, partition, offset: end }
    return { topic, partition, offset: Math.min(Math.max(Number(where), first), end) }
  })
}

async function printTopic(
  log: Log,
  decoder: Decoder,
  from: readonly Position[],
  { follow, limit = Number.POSITIVE_INFINITY, record: wrapped }: TailOptions,
  stopped: AbortSignal,
): Promise<void> {
  const reader = await log.reader(from, { name: 'tail', maxRecords: Math.min(limit, 1_000) })
  let left = limit
  try {
    while (!stopped.aborted && left > 0) {
      const records = await reader.read(follow ? 250 : 0)
      await decoder.prepare(records)
      const lines: string[] = []
      for (const record of records) {
        if (left === 0) break
        const decoded = decoder.decode(record)
        if ('problem' in decoded) {
          say(`${record.topic}/${record.partition}@${record.offset}: ${decoded.problem}`)
          continue
        }
        for (const value of decoded.values.slice(0, left)) {
          lines.push(jsonLine(wrapped ? wrap(record, value) : value))
          left--
        }
      }
      await writeLines(lines)
      if (records.length === 0 && !follow && (await reader.caughtUp())) return
    }
  } finally {
    await reader.close()
  }
}

function wrap({ topic, partition, offset, timestamp, key }: LogRecord, value: object): object {
  return { topic, partition, offset, timestamp, key: key?.toString() ?? null, value }
}
