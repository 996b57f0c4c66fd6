import type { DuckDBConnection } from '@duckdb/node-api'
import { DOUBLE, DuckDBScalarFunction, INTEGER } from '../duckdb.ts'
import { readRows } from '../read-rows.ts'
import { recovery } from '../recovery-tables.ts'

/** Blocks of a part that were taken one after the other: rows after `from`, up to `to`. */
interface Runs {
  from: number[]
  to: number[]
  base: number[]
}

/**
 * Which row of the learner's a row of a part is, as the order of blocks says.
 *
 *     const rows = new LearnerRows()
 *     rows.add(1, 0, 5, 10)   // part 1, its rows 1 to 5
 *     rows.of(1, 3)   // 13
 */
export class LearnerRows {
  readonly #parts: Runs[] = []
  /** Rows come in order, so the run is mostly that of the row before. */
  #run = 0

  /** A block of rows `from` < row ≤ `to`; those of a part come in order. */
  add(part: number, from: number, to: number, base: number): void {
    this.#parts[part] ??= { from: [], to: [], base: [] }
    const runs = this.#parts[part]
    const last = runs.to.length - 1
    if (runs.to[last] === from && runs.base[last] === base) runs.to[last] = to
    else {
      runs.from.push(from)
      runs.to.push(to)
      runs.base.push(base)
    }
  }

  /** Null where the learner has not taken it. */
  of(part: number, row: number): number | null {
    const runs = this.#parts[part]
    if (runs === undefined) return null
    if (!(runs.from[this.#run]! < row && row <= runs.to[this.#run]!)) this.#run = runBefore(runs, row)
    return row <= runs.to[this.#run]! ? runs.base[this.#run]! + row : null
  }

  /** Of the part's rows up to this one, the newest that was taken; null where none was. */
  newest(part: number, row: number): number | null {
    const runs = this.#parts[part]
    const run = runs === undefined ? -1 : runBefore(runs, row)
    return run < 0 ? null : runs!.base[run]! + Math.min(row, runs!.to[run]!)
  }
}

/** The newest run that begins before the row; -1 where none does. */
function runBefore({ from }: Runs, row: number): number {
  let [low, high] = [0, from.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (from[middle]! < row) low = middle + 1
    else high = middle
  }
  return low - 1
}

/** The order that stands in the tables of a database: those of part 0. */
export async function readLearnerRows(connection: DuckDBConnection, database: string): Promise<LearnerRows> {
  const rows = new LearnerRows()
  const sql = `SELECT part::DOUBLE, from_row::DOUBLE, to_row::DOUBLE, base::DOUBLE FROM ${database}.${recovery}.block_order
    WHERE to_row > from_row ORDER BY part, from_row`
  type Block = [part: number, from: number, to: number, base: number]
  for await (const blocks of readRows(connection, sql, cells => cells as Block)) {
    for (const block of blocks) rows.add(...block)
  }
  return rows
}

/**
 * Let SQL ask: `learner_row(part, row)`, NULL where the learner has not taken the row.
 *
 * Of a query that does not name a column that it makes, it costs nothing: a join with the order, which DuckDB does not
 * leave out, would sort all events for every query (of 4 million 1.6 s, and 5.4 s where other columns are read).
 */
export function registerLearnerRows(connection: DuckDBConnection, rows: LearnerRows): void {
  connection.registerScalarFunction(
    DuckDBScalarFunction.create({
      name: 'learner_row',
      // JavaScript is quicker with numbers than with BigInts.
      parameterTypes: [INTEGER, DOUBLE],
      returnType: DOUBLE,
      mainFunction(_, input, output) {
        const parts = input.getColumnVector(0)
        const numbers = input.getColumnVector(1)
        // A call into DuckDB, so once.
        const { rowCount } = input
        for (let k = 0; k < rowCount; k++) {
          const part = parts.getItem(k) as number | null
          const number = numbers.getItem(k) as number | null
          output.setItem(k, part === null || number === null ? null : rows.of(part, number))
        }
        output.flush()
      },
    }),
  )
}
