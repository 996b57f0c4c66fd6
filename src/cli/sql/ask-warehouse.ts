import { plural } from '../../records/words.ts'
import { asCsv, asJson, asTable } from '../../warehouse/sql/format.ts'
import type { QueryResult } from '../../warehouse/sql/query.ts'
import { choosePipeline } from '../choose-pipeline.ts'
import type { CommonOptions } from '../common-options.ts'
import { writeLines } from '../print/write-lines.ts'
import { queryWarehouse } from './query-warehouse.ts'
import { macrosQuery, tablesQuery, tablesText } from './tables-text.ts'

export interface SqlOptions extends CommonOptions {
  pipeline?: string
  csv?: true
  memoryMb: number
  seconds: number
  maxRows: number
}

/** Answer one query, or list the tables and macros. */
export async function askWarehouse(query: string | undefined, options: SqlOptions): Promise<void> {
  const { layout } = await choosePipeline(options.pipeline, options.data)
  const { memoryMb, seconds, maxRows } = options
  const ask = (sql: string) => queryWarehouse(layout, sql, { memoryMb, seconds, maxRows })
  const result = await ask(query ?? tablesQuery)
  if (query === undefined && !options.json && !options.csv) {
    await writeLines([tablesText(result.rows as string[][], (await ask(macrosQuery)).rows as string[][])])
  } else await writeLines([textOf(result, options)])
  if (result.truncated) {
    process.stderr.write(`Only the first ${plural(result.rows.length, 'row')} are shown; see --max-rows.\n`)
  }
}

function textOf(result: QueryResult, { json, csv }: SqlOptions): string {
  if (json) return asJson(result)
  if (csv) return asCsv(result).trimEnd()
  return `${asTable(result, process.stdout.columns ?? 160)}\n${plural(result.rows.length, 'row')}`
}
