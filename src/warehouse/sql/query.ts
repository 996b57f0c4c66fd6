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
  /** Bytes of JSON that come back; more are cut off (default 16 MiB). */
  maxBytes?: number
  /** Threads (default 2). */
  threads?: number
}

export interface QueryResult {
  columns: { name: string; type: string }[]
  /**
   * Values as JSON: whole numbers beyond 2⁵³ as strings, times as ISO 8601 in UTC, lists as arrays, structs as objects,
   * maps as arrays of { key, value }, everything else as DuckDB writes it.
   */
  rows: unknown[][]
  /** Rows were cut off at a limit. */
  truncated: boolean
  elapsedMs: number
}

/** What the parent writes to the child's standard input, as JSON. */
export interface QueryRequest {
  snapshot: string
  sql: string
  memoryMb: number
  maxRows: number
  maxBytes: number
  threads: number
}

/** What the child answers, as JSON. */
export type QueryAnswer =
  | { columns: { name: string; type: string }[]; rows: unknown[][]; truncated: boolean }
  | { error: { code: 'SQL_INVALID' | 'SQL_FORBIDDEN' | 'SQL_LIMIT' | 'WAREHOUSE_FAILED'; message: string } }
