import type { DuckDBResult, DuckDBValue } from '@duckdb/node-api'
import { tableFromArrays, tableToIPC } from '@uwdata/flechette'
import { arrowColumn, type Renamed } from './arrow-types.ts'
import { distinctNames } from './column-names.ts'
import type { QueryRequest } from './query.ts'

/** Rows of a record batch; bounds what stands in memory. */
const batchRows = 16_384
/** What ends a stream: a message of no length. */
const endBytes = 8

/**
 * Write a result as an Arrow stream, a record batch at a time: the format that pyarrow, pandas and polars read.
 *
 * The stream of one batch is schema, batch, end; of all but the first the schema is left out, of all but the last the end.
 */
export async function writeArrow(
  result: DuckDBResult,
  { maxRows, maxBytes }: Pick<QueryRequest, 'maxRows' | 'maxBytes'>,
  sink: (part: Uint8Array) => void,
): Promise<{ count: number; truncated: boolean }> {
  const renamed: Renamed[] = []
  const columns = result.columnTypes().map(type => arrowColumn(type, renamed))
  const names = distinctNames(result.columnNames())
  const builtAs = renamed.map(([built]) => ({ ...built }))
  let count = 0
  let size = 0
  let values: DuckDBValue[][] = names.map(() => [])
  let held = 0
  let truncated = false
  let first = true

  const write = () => {
    for (const [k, [type]] of renamed.entries()) become(type, builtAs[k]!)
    const arrays = columns.map(({ of }, k): [string, unknown[]] => [names[k]!, values[k]!.map(of)])
    const types = Object.fromEntries(columns.map(({ type }, k) => [names[k]!, type]))
    const table = tableFromArrays(arrays, { types })
    for (const [type, called] of renamed) become(type, called)
    const stream = tableToIPC(table, { format: 'stream' })!
    const part = stream.subarray(first ? 0 : schemaBytes(stream), stream.length - endBytes)
    first = false
    size += part.length
    if (size > maxBytes) {
      count -= held
      truncated = true
    } else sink(part)
    values = names.map(() => [])
    held = 0
  }

  while (!truncated) {
    const chunk = await result.fetchChunk()
    if (chunk === null || chunk.rowCount === 0) break
    const fits = Math.min(chunk.rowCount, maxRows - count)
    for (const [k, column] of chunk.getColumns().entries()) {
      for (let row = 0; row < fits; row++) values[k]!.push(column[row]!)
    }
    count += fits
    held += fits
    truncated = fits < chunk.rowCount
    if (held >= batchRows) write()
  }
  if (held > 0 || first) write()
  sink(new Uint8Array([255, 255, 255, 255, 0, 0, 0, 0]))
  return { count, truncated }
}

/** The first message of a stream: a mark, the length of what follows, and the schema, which has no body. */
function schemaBytes(stream: Uint8Array): number {
  return 8 + new DataView(stream.buffer, stream.byteOffset).getInt32(4, true)
}

function become(type: object, other: object): void {
  for (const key of Object.keys(type)) delete (type as Record<string, unknown>)[key]
  Object.assign(type, other)
}
