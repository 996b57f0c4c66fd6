import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { tableFromIPC } from '@uwdata/flechette'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSession, type QuerySession } from '../../../src/warehouse/sql/session.ts'
import { event, type Folder, noRows, temporaryFolder } from '../fixtures.ts'

let folder: Folder
let snapshot: string
let session: QuerySession

beforeAll(async () => {
  folder = temporaryFolder()
  const warehouse = await folder.open()
  await warehouse.commit({ ...noRows, events: [event(1), event(2, { userId: '5417' })] })
  snapshot = await warehouse.snapshot()
  await warehouse.close()
  session = openSession({ threads: 1, seconds: 60, files: true })
})

afterAll(() => {
  session.close()
  folder.remove()
})

const rowsOf = async (sql: string, parameters: Record<string, string> = {}) =>
  (await session.ask({ snapshot, sql, parameters })).rows

/** Every type that has a way of its own into Arrow and Parquet, twice, and a row of NULL. */
const typed = `
  SELECT true AS yes, 7::TINYINT AS tiny, -5::INTEGER AS whole, 9007199254740993::BIGINT AS big, 3::UINTEGER AS u,
    1.5::FLOAT AS f, 0.1::DOUBLE AS d, 12345.67::DECIMAL(9, 2) AS money, sum(5::BIGINT) OVER () AS total,
    'ü; \`' AS text, '\\x00\\xFF'::BLOB AS bytes, DATE '1969-12-30' AS day, TIMESTAMP '2024-02-03 04:05:06.789012' AS t,
    '2023-11-14 22:13:20.123'::TIMESTAMP_MS AS ms, ['a', NULL, 'b'] AS list, MAP {'k': 1.5, 'l': 2} AS map,
    {'a': 1, 'b': [TIMESTAMP '2024-01-01']} AS struct, NULL AS nothing, '6f2c6e1e-58d5-4bb4-9b1c-2b7a3c4b1a11'::UUID AS id
  UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL`

test('queries are answered one after the other by the same process, and say as of which event', async () => {
  expect(await rowsOf('SELECT count(*) FROM events')).toEqual([[2]])
  expect(await session.ask({ snapshot, sql: 'SELECT 1' })).toMatchObject({
    rows: [[1]],
    count: 1,
    asOf: { sequence: 2, time: event(2).time },
  })
})

test('a value is what the query wants: a text as an id, a number as a sequence; else what it looks like', async () => {
  expect(await rowsOf('SELECT sequence FROM events WHERE user_id = $user', { user: '5417' })).toEqual([[2]])
  expect(await rowsOf('SELECT user_id FROM events WHERE sequence = $n', { n: '2' })).toEqual([['5417']])
  expect(await rowsOf('SELECT count(*) FROM events WHERE time < $since', { since: '1960-01-01' })).toEqual([[0]])
  expect(
    await rowsOf('SELECT typeof($a), typeof($b), typeof($c), typeof($d)', { a: '1', b: '.5', c: 'true', d: 'x' }),
  ).toEqual([['BIGINT', 'DOUBLE', 'BOOLEAN', 'VARCHAR']])
  await expect(rowsOf('SELECT $missing')).rejects.toMatchObject({
    code: 'SQL_INVALID',
    message: expect.stringContaining('--param missing='),
  })
  await expect(rowsOf('SELECT 1 FROM events WHERE sequence = $n', { n: 'x' })).rejects.toMatchObject({
    code: 'SQL_INVALID',
    message: expect.stringContaining('must be BIGINT'),
  })
})

test('an interrupted query is refused, and the next one answered', async () => {
  const slow = session.ask({
    snapshot,
    sql: 'SELECT count(*) FROM range(4000000000) t(a) WHERE sqrt(a) * sin(a) = 0.5',
  })
  const refused = expect(slow).rejects.toMatchObject({
    code: 'SQL_LIMIT',
    message: expect.stringContaining('was ended'),
  })
  const again = setInterval(() => session.interrupt(), 50)
  await refused
  clearInterval(again)
  expect(await rowsOf('SELECT 1')).toEqual([[1]])
})

test('as Arrow, rows have the types that they had', async () => {
  const parts: Buffer[] = []
  const { count, truncated } = await session.ask({
    snapshot,
    sql: typed,
    as: { format: 'arrow' },
    onBytes: part => parts.push(Buffer.from(part)),
  })
  expect([count, truncated]).toEqual([2, false])
  const table = tableFromIPC(Buffer.concat(parts), { useBigInt: true, useBigIntTimestamp: true, useDecimalInt: true })
  expect(table.numRows).toBe(2)
  const [row, nulls] = table.toArray() as Record<string, unknown>[]
  expect(row).toMatchObject({
    yes: true,
    tiny: 7,
    whole: -5,
    big: 9007199254740993n,
    u: 3,
    f: 1.5,
    d: 0.1,
    money: 1234567n,
    total: 5n,
    text: 'ü; `',
    t: 1706933106789012n,
    ms: 1700000000123n,
    nothing: null,
    id: '6f2c6e1e-58d5-4bb4-9b1c-2b7a3c4b1a11',
    map: [
      ['k', 15n],
      ['l', 20n],
    ],
    struct: { a: 1, b: new BigInt64Array([1704067200000000n]) },
  })
  expect([...(row!['list'] as Iterable<unknown>)]).toEqual(['a', null, 'b'])
  expect([...(row!['bytes'] as Uint8Array)]).toEqual([0, 255])
  expect(row!['day']).toEqual(Date.UTC(1969, 11, 30))
  expect(Object.values(nulls!).every(value => value === null)).toBe(true)
})

test('Arrow of many rows comes in record batches of one stream, cut off at the limit', async () => {
  const parts: Buffer[] = []
  const { count, truncated } = await session.ask({
    snapshot,
    sql: 'SELECT range AS n FROM range(50000)',
    as: { format: 'arrow' },
    onBytes: part => parts.push(Buffer.from(part)),
  })
  expect([count, truncated]).toEqual([10_000, true])
  const column = tableFromIPC(Buffer.concat(parts)).getChild('n')
  expect([column.length, column.at(0), column.at(9_999)]).toEqual([10_000, 0, 9_999])
  const none: Buffer[] = []
  await session.ask({
    snapshot,
    sql: 'SELECT 1 AS n WHERE false',
    as: { format: 'arrow' },
    onBytes: part => none.push(Buffer.from(part)),
  })
  expect(tableFromIPC(Buffer.concat(none)).numRows).toBe(0)
})

test('as Parquet, rows have the types that they had, and the query still reaches no file', async () => {
  const place = mkdtempSync(join(tmpdir(), 'recstream-parquet-'))
  try {
    const file = join(place, 'it’s.parquet')
    const as = { format: 'parquet', file } as const
    expect(await session.ask({ snapshot, sql: typed, as })).toMatchObject({ count: 2, rows: [], truncated: false })
    const database = await DuckDBInstance.create(':memory:')
    const connection = await database.connect()
    const read = await connection.runAndReadAll(`FROM '${file.replaceAll("'", "''")}'`)
    const was = await connection.runAndReadAll(typed)
    // As DuckDB does it: Parquet has no whole numbers beyond 64 bits.
    expect(read.getRowsJson()).toEqual(was.getRowsJson().map(row => row.map(value => (value === '5' ? 5 : value))))
    const types = read.columnTypes().map(String)
    const changed = was
      .columnTypes()
      .map((type, k) => [String(type), types[k]])
      .filter(([a, b]) => a !== b)
    expect(changed).toEqual([
      ['HUGEINT', 'DOUBLE'],
      ['TIMESTAMP_MS', 'TIMESTAMP'],
    ])
    database.closeSync()
    await expect(session.ask({ snapshot, sql: `FROM '${file.replaceAll("'", "''")}'`, as })).rejects.toMatchObject({
      code: 'SQL_FORBIDDEN',
    })
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
})

test('columns have types of DuckDB’s own: lists, maps and JSON', async () => {
  const types = await rowsOf(
    "SELECT column_name, data_type FROM duckdb_columns() WHERE database_name = 'temp' ORDER BY ALL",
  )
  expect(
    types.filter(([, type]) => !/^(VARCHAR|BIGINT|INTEGER|DOUBLE|BOOLEAN|BLOB|TIMESTAMP_MS)$/.test(type as string)),
  ).toEqual([
    ['alternatives', 'JSON'],
    ['attributes', 'JSON'],
    ['attributes', 'JSON'],
    ['features', 'VARCHAR[]'],
    ['features', 'VARCHAR[]'],
    ['headers', 'JSON'],
    ['item_features', 'VARCHAR[]'],
    ['properties', 'MAP(VARCHAR, DOUBLE)'],
    ['shares', 'MAP(VARCHAR, DOUBLE)'],
    ['user_features', 'VARCHAR[]'],
  ])
  expect(await rowsOf('SELECT user_features, properties, user_features[1] FROM events LIMIT 1')).toEqual([
    [['age=25-34'], null, 'age=25-34'],
  ])
})
