import { RecstreamError } from '../../errors.ts'
import { plural } from '../../records/words.ts'
import type { QueryResult } from '../../warehouse/sql/query.ts'
import { say, writeLines } from '../print/write-lines.ts'
import type { Asker } from './asker.ts'
import { type Format, isBinary } from './formats.ts'
import { macrosQuery, tablesQuery } from './tables-query.ts'
import { textOf } from './text-of.ts'

/** The tables and macros with what they mean. */
export async function listTables(asker: Asker, format: Format, seconds: number): Promise<void> {
  const tables = await asker.ask(tablesQuery)
  if (isBinary(format)) throw new RecstreamError('CONFIG_INVALID', `Give a query whose rows to write as ${format}.`)
  if (format === 'table') {
    const macros = await asker.ask(macrosQuery)
    const { tablesText } = await import('./tables-text.ts')
    await writeLines([tablesText(tables.rows as string[][], macros.rows as string[][])])
  } else {
    await writeLines([textOf(tables, format, { seconds, asOf: '' })])
  }
}

/** Two columns as a plot that fits the terminal. */
export async function plotOf(result: QueryResult, columns: readonly [string, string]): Promise<string> {
  const { plotText } = await import('./plot.ts')
  const height = process.stdout.rows || 24
  const width = process.stdout.columns || 100
  return plotText(result, columns, { width: Math.min(width, 120), height: Math.max(5, Math.min(20, height - 6)) })
}

export function sayTruncated(result: QueryResult): void {
  say(`Only the first ${plural(result.count, 'row')} are shown; see --max-rows.`)
}
