import { createHash } from 'node:crypto'
import { DuckDBInstance } from '@duckdb/node-api'
import { decodeBlock } from '../../src/codec/block.ts'
import { decodeCommand, decodeModelVersion, decodeRecommendation } from '../../src/codec/output.ts'
import type { Log, LogRecord } from '../../src/log/log.ts'
import { onlyPart, type Part } from '../../src/records/part.ts'
import { topicsOf } from '../../src/records/topics.ts'
import { layoutOf, layoutOfPart } from '../../src/run/layout.ts'
import { importHeader } from '../../src/sources/import-mark.ts'
import { sequencesOf } from '../../src/testing/outputs.ts'
import { allOf } from '../log/fixtures/read.ts'

/** Rows as text by table or topic, in an order of their own, so that two runs can be held against each other. */
export type Contents = Record<string, string[]>

/** Names of the columns of each table. */
export type Columns = Record<string, readonly string[]>

/** Columns that say where in the input log a record lies. */
const offsetColumns = ['source_offset', 'next_offset', 'offset', 'record_offset']

/** Everything that the warehouse of a stopped pipeline, or of one of its parts, holds. */
export async function tablesOf(
  data: string,
  pipeline: string,
  part: Part = onlyPart,
): Promise<{ contents: Contents; columns: Columns }> {
  const instance = await DuckDBInstance.create(layoutOfPart(layoutOf(data, pipeline), part).warehouse)
  const connection = await instance.connect()
  const contents: Contents = {}
  const columns: Columns = {}
  const tables = await connection.runAndReadAll(
    "select table_name from information_schema.tables where table_schema = 'main' order by all",
  )
  for (const [table] of tables.getRowsJson()) {
    const reader = await connection.runAndReadAll(`select * from "${table}" order by all`)
    columns[`table ${table}`] = reader.columnNames()
    contents[`table ${table}`] = reader
      .getRowsJson()
      // How often a learner said how far it is goes by when it rested.
      .filter(([topic]) => table !== 'offsets' || topic !== topicsOf(pipeline).modelVersions)
      .map(row => JSON.stringify(row))
  }
  connection.closeSync()
  instance.closeSync()
  return { contents, columns }
}

/** Everything that the output topics hold, repeats removed by source position. */
export async function topicsOfRun(log: Log, pipeline: string): Promise<Contents> {
  const topics = topicsOf(pipeline)
  const sequences = new Map<number, string>()
  const changes = new Map<number, string>()
  let last = 0
  for (const record of await allOf(log, topics.interestSequences)) {
    const block = decodeBlock(record.value!)
    const first = block.sequence[0] ?? last + 1
    last = block.sequence.at(-1) ?? last
    for (const { before, ...change } of block.changes) {
      const { partition, offset, ...rest } = { partition: 0, offset: 0, ...change }
      changes.set(change.number, JSON.stringify([first + before, rest, partition, offset]))
    }
    for (const [k, each] of sequencesOf(block).entries()) {
      const from = [block.partition[k]!, block.offset[k]!]
      const { attributes } = block.users[block.user[k]!]!
      sequences.set(each.sequence, JSON.stringify([each, attributes, block.answers[k], ...from]))
    }
  }
  const lists = new Map<string, string>()
  for (const record of await allOf(log, topics.recommendations)) {
    const { partition, offset, ...list } = decodeRecommendation(record.value!)
    lists.set(list.recommendationId, JSON.stringify({ ...list, source: [partition, offset] }))
  }
  const versions = new Map<number, string>()
  for (const record of await allOf(log, topics.modelVersions)) {
    // How far the learner had come.
    if (record.value === null) continue
    const version = decodeModelVersion(record.value)
    versions.set(version.version, JSON.stringify(version))
  }
  const commands = (await allOf(log, topics.commands)).map(({ value }) => JSON.stringify(decodeCommand(value!)))
  const letters = new Map<string, string>()
  for (const { headers, value } of await allOf(log, topics.deadLetters)) {
    const number = headers['recstream-number']!.toString()
    const reason = headers['__connect.errors.exception.class.name']?.toString()
    letters.set(number, JSON.stringify([number, reason, value?.toString('base64')]))
  }
  return {
    'topic interest-sequences': [...sequences.values()],
    'changes on interest-sequences': [...changes.values()],
    'topic recommendations': [...lists.values()],
    'topic model-versions': [...versions.values()],
    'topic commands': commands,
    'topic dead-letters': [...letters.values()],
  }
}

/**
 * The same without where in the input log a record lies. In Kafka a transaction that was cut off leaves a hole in the
 * offsets, so there they are left out when the writer of the input was itself disturbed.
 */
export function withoutOffsets(contents: Contents, columns: Columns): Contents {
  const changed = <Row>(rows: readonly string[], change: (row: Row) => unknown) =>
    rows.map(row => JSON.stringify(change(JSON.parse(row) as Row)))
  const withoutLast = (row: unknown[]) => row.slice(0, -1)
  const entries = Object.entries(contents).flatMap(([name, rows]): [string, string[]][] => {
    if (name === 'table offsets') return []
    if (name === 'topic interest-sequences' || name === 'changes on interest-sequences')
      return [[name, changed(rows, withoutLast)]]
    if (name === 'topic recommendations')
      return [[name, changed(rows, (list: { source: unknown[] }) => ({ ...list, source: withoutLast(list.source) }))]]
    const kept = columns[name]?.map(column => !offsetColumns.includes(column))
    if (kept === undefined || kept.every(Boolean)) return [[name, rows]]
    return [[name, changed(rows, (row: unknown[]) => row.filter((_, k) => kept[k]))]]
  })
  return Object.fromEntries(entries)
}

/** How many records of the output topics and of the import are there more than once, by topic. */
export async function repeatsOf(log: Log, pipeline: string): Promise<string[]> {
  const topics = topicsOf(pipeline)
  const repeats = async (topic: string, placeOf: (record: LogRecord) => string[]) => {
    const places = (await allOf(log, topic)).flatMap(placeOf)
    const twice = places.length - new Set(places).size
    return twice === 0 ? [] : [`${twice} in ${topic}`]
  }
  return [
    ...(await repeats(topics.behaviourEvents, ({ headers }) => [`${headers[importHeader]}`])),
    ...(await repeats(topics.interestSequences, ({ value }) => decodeBlock(value!).sequence.map(String))),
    ...(await repeats(topics.recommendations, ({ value }) => [decodeRecommendation(value!).recommendationId])),
    ...(await repeats(topics.deadLetters, ({ headers }) => [`${headers['recstream-number']}`])),
  ]
}

/** One line a table or topic: how many rows, and the first that differs. Empty when the two are equal. */
export function differences(expected: Contents, actual: Contents): string[] {
  const names = [...new Set([...Object.keys(expected), ...Object.keys(actual)])].sort()
  return names.flatMap(name => {
    const [a, b] = [expected[name] ?? [], actual[name] ?? []]
    if (digest(a) === digest(b)) return []
    const at = a.findIndex((row, k) => row !== b[k])
    const row = at < 0 ? a.length : at
    return [
      `${name}: ${a.length} rows expected, ${b.length} found; first difference at ${row}:\n  ${a[row]}\n  ${b[row]}`,
    ]
  })
}

function digest(rows: readonly string[]): string {
  const hash = createHash('sha256')
  for (const row of rows) hash.update(row).update('\n')
  return hash.digest('hex')
}
