import type { DuckDBConnection } from '@duckdb/node-api'
import { milliseconds } from '../milliseconds.ts'
import { readRows } from '../read-rows.ts'
import { quote, type Table } from '../table.ts'
import { deadLetters, events, items, offsets, readingStatements, recommendations, tables, users } from '../tables.ts'
import { LearnerRows, readLearnerRows, registerLearnerRows } from './learner-rows.ts'
import type { AsOf, PartCopy } from './query.ts'
import { typed } from './typed-columns.ts'

/** What a connection calls the tables of a part. */
const databaseOf = ({ part }: Pick<PartCopy, 'part'>): string => `part_${part}`

/**
 * Let a connection see copies of several parts as the tables, views and macros of one; those of a part stand in `part_0` and
 * so on. What they say of themselves is left to `meaningsOfParts`.
 *
 * How far they go is what comes back: null before any event; row 0 where the learner has taken none of them.
 */
export async function uniteParts(connection: DuckDBConnection, copies: readonly PartCopy[]): Promise<AsOf | null> {
  for (const copy of copies) {
    await connection.run(`ATTACH ${quote(copy.path)} AS ${databaseOf(copy)} (READ_ONLY)`)
  }
  const withOrder = copies.find(({ part }) => part === 0)
  const rows = withOrder === undefined ? new LearnerRows() : await readLearnerRows(connection, databaseOf(withOrder))
  registerLearnerRows(connection, rows)
  const views = tables.map(table => `CREATE VIEW ${table.name} AS ${rowsOf(table as Table<never>, copies)}`)
  const length = await shortLengthOf(connection, copies[0]!)
  await connection.run([...views, ...readingStatements(length, inOrder)].join(';\n'))
  return newestOf(connection, copies, rows)
}

/** Rows that the learner has not taken have no number yet; a user's events stand on one partition. */
export const inOrder = 'time, sequence, source_offset'

/** Statements by which united tables say what they and their columns mean. */
export function meaningsOfParts(kind: 'VIEW' | 'TABLE' = 'VIEW'): string[] {
  return (tables as readonly Table<never>[]).flatMap(({ name, comment, columns }) => [
    `COMMENT ON ${kind} ${name} IS ${quote(ownMeanings[name] ?? comment)}`,
    ...columns.map(column => {
      const place = `${name}.${column.name}`
      return `COMMENT ON COLUMN ${place} IS ${quote(ownMeanings[place] ?? column.comment)}`
    }),
  ])
}

const ownMeanings: Readonly<Record<string, string>> = {
  'events.sequence': 'Row number in the order in which the learner took them, from 1; NULL until it has',
  users:
    'The newest profile of every user that a part has come to; one that some part has not yet seen deleted has a row.',
  items:
    'The newest description of every item that a part has come to; one that some part has not yet seen deleted has a row.',
  'dead_letters.number': 'Row number in its part, from 1; parts have partitions of their own',
}

/** The rows of a table over all parts, its columns as people see them. */
function rowsOf(table: Table<never>, copies: readonly PartCopy[]): string {
  // No column is named that need not be: where a macro has a parameter of that name, DuckDB takes the one for the other.
  const all = table.name === events.name ? 'sequence, * EXCLUDE (sequence)' : '*'
  return `SELECT ${all}${typed(table.name)} FROM (${rawRows(table, copies)})`
}

/** The same, its columns as they are held. */
function rawRows({ name, columns }: Table<never>, copies: readonly PartCopy[]): string {
  const all = (select: (copy: PartCopy, from: string) => string) =>
    copies.map(copy => select(copy, `FROM ${databaseOf(copy)}.main.${name}`)).join(' UNION ALL ')
  switch (name) {
    case events.name:
      // Of a query that names no column DuckDB reads the first one, which is to cost nothing.
      return all(
        ({ part }, from) => `SELECT source_partition, * EXCLUDE (source_partition)
          REPLACE (learner_row(${part}, sequence)::BIGINT AS sequence) ${from}`,
      )
    case users.name:
    case items.name: {
      const [id, ...others] = columns.map(column => column.name)
      const newest = others.map(column => `arg_max_null(${column}, place) AS ${column}`)
      const placed = all((_, from) => `SELECT *, ${place} AS place ${from}`)
      return `SELECT ${[id, ...newest].join(', ')} FROM (${placed}) GROUP BY ${id}`
    }
    case offsets.name:
      return all(({ part, of }, from) => `SELECT * ${from} WHERE source_partition % ${of} = ${part}`)
    case recommendations.name:
    case deadLetters.name:
      return all((_, from) => `SELECT * ${from}`)
    // What the learner says of itself lands in the tables of part 0.
    default:
      return all(({ part }, from) => `SELECT * ${from}${part === 0 ? '' : ' WHERE false'}`)
  }
}

/** By time, then by offset; one number, since to compare two of a pair takes twice as long. */
const place = `${milliseconds('time')}::HUGEINT * 9223372036854775808 + source_offset`

/** The short window that the tables were made with: only the view itself says it. */
export async function shortLengthOf(connection: DuckDBConnection, copy: PartCopy): Promise<number> {
  const sql = `SELECT regexp_extract(sql, 'BETWEEN (\\d+) PRECEDING', 1)::DOUBLE FROM duckdb_views()
    WHERE database_name = ${quote(databaseOf(copy))} AND view_name = 'sequences'`
  for await (const [length] of readRows(connection, sql, ([value]) => value as number)) return length!
  throw new Error(`${copy.path} has no view of sequences.`)
}

/** A part's newest row may be one that the learner has still to take. */
async function newestOf(
  connection: DuckDBConnection,
  copies: readonly PartCopy[],
  rows: LearnerRows,
): Promise<AsOf | null> {
  const each = copies.map(
    copy => `SELECT ${copy.part}::DOUBLE, max(sequence)::DOUBLE, ${milliseconds('max(time)')}::DOUBLE
      FROM ${databaseOf(copy)}.main.events`,
  )
  let asOf = null as AsOf | null
  type Newest = [part: number, row: number | null, time: number | null]
  for await (const chunk of readRows(connection, each.join(' UNION ALL '), cells => cells as Newest)) {
    for (const [part, row, time] of chunk) {
      if (row === null || time === null) continue
      const sequence = rows.newest(part, row) ?? 0
      asOf = { sequence: Math.max(asOf?.sequence ?? 0, sequence), time: Math.max(asOf?.time ?? time, time) }
    }
  }
  return asOf
}
