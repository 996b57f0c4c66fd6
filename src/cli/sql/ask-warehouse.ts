import { RecstreamError } from '../../errors.ts'
import { plural } from '../../records/words.ts'
import type { Layout } from '../../run/layout.ts'
import { asCsv, asJson, asTable } from '../../warehouse/sql/format.ts'
import type { QueryResult } from '../../warehouse/sql/query.ts'
import { choosePipeline } from '../choose-pipeline.ts'
import type { CommonOptions } from '../common-options.ts'
import { jsonLine, say, writeLines } from '../print/write-lines.ts'
import { queryWarehouse, snapshotOf } from './query-warehouse.ts'
import { macrosQuery, tablesQuery, tablesText } from './tables-text.ts'

/** A query that took all its time may still show a screenful. */
const leastForTableMs = 250

export interface SqlOptions extends CommonOptions {
  pipeline?: string
  csv?: true
  memoryMb: number
  seconds: number
  maxRows: number
  export?: string
}

/** Answer one query, or list the tables and macros. */
export async function askWarehouse(query: string | undefined, options: SqlOptions): Promise<void> {
  const { layout } = await choosePipeline(options.pipeline, options.data)
  const { memoryMb, seconds, maxRows } = options
  if (options.export !== undefined) return exportTables(layout, query, options.export, options)
  const ask = (sql: string) => queryWarehouse(layout, sql, { memoryMb, seconds, maxRows })
  const result = await ask(query ?? tablesQuery)
  if (query === undefined && !options.json && !options.csv) {
    await writeLines([tablesText(result.rows as string[][], (await ask(macrosQuery)).rows as string[][])])
  } else await writeLines([textOf(result, options)])
  if (result.truncated) {
    say(`Only the first ${plural(result.rows.length, 'row')} are shown; see --max-rows.`)
  }
}

async function exportTables(
  layout: Layout,
  query: string | undefined,
  file: string,
  { memoryMb, json }: SqlOptions,
): Promise<void> {
  if (query !== undefined) {
    throw new RecstreamError(
      'CONFIG_INVALID',
      '--export copies all tables and takes no query; leave one of the two out.',
    )
  }
  const { exportSnapshot } = await import('../../warehouse/sql/export-snapshot.ts')
  const bytes = await exportSnapshot(await snapshotOf(layout), file, { memoryMb })
  const mib = (bytes / 2 ** 20).toFixed(1)
  await writeLines([
    json ? jsonLine({ file, bytes }) : `All tables are in ${file} (${mib} MiB), which DuckDB opens from 1.0 on.`,
  ])
}

function textOf(result: QueryResult, { json, csv, seconds }: SqlOptions): string {
  if (json) return asJson(result)
  if (csv) return asCsv(result).trimEnd()
  const pace = within(seconds * 1_000 - result.elapsedMs, seconds)
  return `${asTable(result, process.stdout.columns ?? 160, pace)}\n${plural(result.rows.length, 'row')}`
}

/** The query's time is the table's, too. */
function within(leftMs: number, seconds: number): () => void {
  const deadline = performance.now() + Math.max(leftMs, leastForTableMs)
  return () => {
    if (performance.now() < deadline) return
    throw new RecstreamError(
      'SQL_LIMIT',
      `To draw the table would take longer than ${seconds} s; ask for less, or for --csv or --json.`,
    )
  }
}
