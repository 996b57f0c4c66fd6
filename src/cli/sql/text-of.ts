import { RecstreamError } from '../../errors.ts'
import { plural } from '../../records/words.ts'
import { asCsv, asJson, asJsonLines, asMarkdown, asTable } from '../../warehouse/sql/format.ts'
import type { QueryResult } from '../../warehouse/sql/query.ts'
import type { TextFormat } from './formats.ts'

/** A query that took all its time may still show a screenful. */
const leastForTableMs = 250

/** How wide an answer may be; a terminal may say that it has no width. */
export function terminalWidth(): number {
  return process.stdout.columns || 160
}

/** A result as a text; a table says as of when it is. */
export function textOf(
  result: QueryResult,
  format: TextFormat,
  { seconds, asOf }: { seconds: number; asOf: string },
): string {
  if (format === 'json') return asJson(result)
  if (format === 'jsonl') return asJsonLines(result)
  if (format === 'csv') return asCsv(result).trimEnd()
  if (format === 'markdown') return asMarkdown(result)
  const pace = within(seconds * 1_000 - result.elapsedMs, seconds)
  return `${asTable(result, terminalWidth(), pace)}\n${plural(result.rows.length, 'row')}, ${asOf}`
}

/** The query's time is the table's, too. */
function within(leftMs: number, seconds: number): () => void {
  const deadline = performance.now() + Math.max(leftMs, leastForTableMs)
  return () => {
    if (performance.now() < deadline) return
    throw new RecstreamError(
      'SQL_LIMIT',
      `To draw the table would take longer than ${seconds} s; ask for less, or for --format csv or --json.`,
    )
  }
}
