import type { Part } from '../../records/part.ts'

/** A copy of the tables of one part of ingest. */
export interface PartCopy extends Part {
  path: string
}

/** What is asked: a copy of all tables, or one of each part that is there, of which a query sees one. */
export type Snapshot = string | readonly PartCopy[]

/** What a query may take. */
export interface QueryLimits {
  /** Memory that DuckDB may use, MiB (default 512). */
  memoryMb?: number
  /** What its process may take besides, for Node, DuckDB itself and rows on their way out, MiB (default 256). */
  processMb?: number
  /** Seconds until it is killed (default 30). */
  seconds?: number
  /** Rows that come back; more are cut off (default 10,000). */
  maxRows?: number
  /** Bytes that come back; more are cut off (default 16 MiB). */
  maxBytes?: number
  /** Threads (default 2). */
  threads?: number
}

/** How far the tables of a snapshot go: its newest event; null before any. */
export interface AsOf {
  sequence: number
  /** Event time of it, ms since 1970. */
  time: number
}

export interface QueryResult {
  columns: { name: string; type: string }[]
  /**
   * Values as JSON: whole numbers beyond 2⁵³ as strings, times as ISO 8601 in UTC, lists as arrays, structs and maps
   * whose keys are texts as objects, other maps as arrays of { key, value }, everything else as DuckDB writes it. Empty
   * where they went out as bytes.
   */
  rows: unknown[][]
  /** How many rows there are, those that went out as bytes too. */
  count: number
  /** Rows were cut off at a limit. */
  truncated: boolean
  asOf: AsOf | null
  elapsedMs: number
}

/** What the parent writes to the child's standard input, one JSON object a line. */
export interface QueryRequest {
  snapshot: Snapshot
  sql: string
  memoryMb: number
  maxRows: number
  maxBytes: number
  threads: number
  /** Values of `$name` in the query, as text; the query says what they are. */
  parameters?: Record<string, string>
  /** Rows go out as bytes of this format in place of JSON; Parquet into this file, which the parent has made. */
  as?: { format: 'arrow' } | { format: 'parquet'; file: string }
}

/** What the child answers, as JSON. */
export type QueryAnswer =
  | Omit<QueryResult, 'elapsedMs'>
  | { error: { code: 'SQL_INVALID' | 'SQL_FORBIDDEN' | 'SQL_LIMIT' | 'WAREHOUSE_FAILED'; message: string } }
