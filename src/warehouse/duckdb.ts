import { createRequire } from 'node:module'

/**
 * What is used of DuckDB's library as values; its types come from the package itself.
 *
 *     const instance = await DuckDBInstance.create(file)
 *
 * It is required: `import` would read each of its 180 files once more to find the names that it exports, 0.2 s of a CPU in
 * every process that opens a warehouse.
 */
export const {
  BIGINT,
  BLOB,
  BOOLEAN,
  DOUBLE,
  DuckDBArrayValue,
  DuckDBDataChunk,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBInstance,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBScalarFunction,
  DuckDBStructValue,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampSecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBTypeId,
  DuckDBUnionValue,
  INTEGER,
  LIST,
  StatementType,
  TIMESTAMP_MS,
  VARCHAR,
  listValue,
}: typeof import('@duckdb/node-api') = createRequire(import.meta.url)('@duckdb/node-api')

export type DuckDBInstance = import('@duckdb/node-api').DuckDBInstance
export type DuckDBDataChunk = import('@duckdb/node-api').DuckDBDataChunk
