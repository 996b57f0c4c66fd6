import type { ReadDeadLetter } from '../../ingest/collect/dead-letter.ts'
import { count, plural } from '../../records/words.ts'
import { readDeadLetters } from '../../run/dead-letters/read-dead-letters.ts'
import type { Connection } from '../../run/messages.ts'
import { choosePipeline } from '../choose-pipeline.ts'
import { openPipelineLog } from '../open-pipeline-log.ts'
import { inWords } from '../print/reason-words.ts'
import { shownBytes, shownParts } from '../print/shown-bytes.ts'
import { shorten, table } from '../print/table.ts'
import { jsonLine, writeLines } from '../print/write-lines.ts'
import type { DeadLetterOptions } from './dead-letter-options.ts'

export interface ListOptions extends DeadLetterOptions {
  reason?: string
  newest: number
}

/** Print how many dead letters there are by reason, and the newest of them. */
export async function listDeadLetters(connection: Connection, options: ListOptions): Promise<void> {
  const chosen = await choosePipeline(options.pipeline, options.data)
  const log = await openPipelineLog(chosen, connection)
  const counts = new Map<string, number>()
  /** Those of an impossible time, by what is wrong with it. */
  const times = new Map<string, number>()
  let newest: ReadDeadLetter[] = []
  try {
    for await (const letters of readDeadLetters(log, chosen.name)) {
      const wanted = letters.filter(({ reason }) => options.reason === undefined || reason === options.reason)
      for (const { reason, message } of wanted) {
        counts.set(reason, (counts.get(reason) ?? 0) + 1)
        const kind = kindOfTime(reason, message)
        if (kind !== null) times.set(kind, (times.get(kind) ?? 0) + 1)
      }
      newest = options.newest === 0 ? [] : [...newest, ...wanted].slice(-options.newest)
    }
  } finally {
    await log.close()
  }
  const byReason = [...counts].sort((a, b) => b[1] - a[1])
  const total = byReason.reduce((sum, [, number]) => sum + number, 0)
  if (options.json) {
    const shown = newest.map(letter => ({ ...letter, ...shownParts(letter) }))
    const report = { pipeline: chosen.name, total, byReason: Object.fromEntries(byReason), newest: shown.reverse() }
    void writeLines([jsonLine(report)])
    return
  }
  if (total === 0) {
    const which = options.reason === undefined ? '' : ` with the reason ${options.reason}`
    void writeLines([`The pipeline ${chosen.name} has no dead letters${which}.`])
    return
  }
  const lines = [
    `The pipeline ${chosen.name} has ${plural(total, 'dead letter')}.`,
    '',
    table(
      ['reason', 'count', 'meaning'],
      byReason.flatMap(([reason, number]) => [
        [reason, count(number), inWords(reason)],
        ...(reason === 'impossible-time' ? Array.from(times, ([kind, of]) => ['', count(of), `– ${kind}`]) : []),
      ]),
      { right: [1] },
    ),
  ]
  if (newest.length > 0) {
    const rows = newest
      .reverse()
      .map(({ number, topic, partition, offset, reason, value }) => [
        String(number),
        `${topic}/${partition}@${offset}`,
        reason,
        shorten(shownBytes(value) ?? '(none)', 60),
      ])
    lines.push('', 'The newest:', table(['number', 'from', 'reason', 'value'], rows, { right: [0] }))
    lines.push('', `All of one: recstream dead-letters show ${newest[0]!.number}`)
  }
  void writeLines(lines)
}

/** What is wrong with an impossible time, as its message says it; null for what is wrong otherwise. */
function kindOfTime(reason: string, message: string): string | null {
  if (reason !== 'impossible-time') return null
  const unit = /looks like (\w+)/.exec(message)?.[1]
  if (unit !== undefined) return `it looks like ${unit}; send milliseconds`
  if (/before the pipeline's epoch/.test(message)) return "it lies before the pipeline's epoch"
  if (/after its record was written/.test(message))
    return "it lies after its record was written: the producer's clock is fast"
  return /behind the year 2100/.test(message) ? 'it lies behind the year 2100' : null
}
