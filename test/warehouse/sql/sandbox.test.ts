import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { PartCopy, Snapshot } from '../../../src/warehouse/sql/query.ts'
import { answerQuery } from '../../../src/warehouse/sql/sandbox.ts'
import { event, type Folder, noRows, temporaryFolder, user } from '../fixtures.ts'
import { copiesOf } from '../parts.ts'

type Kind = 'one file' | 'files of parts'

let folder: Folder
let snapshots: Record<Kind, Snapshot>
let kind: Kind = 'one file'
let before: string[]

beforeAll(async () => {
  folder = temporaryFolder()
  const warehouse = await folder.open()
  await warehouse.commit({ ...noRows, events: [event(1), event(2)], users: [user('ada')] })
  const one = await warehouse.snapshot()
  await warehouse.close()
  const [first, second] = [
    { ...noRows, events: [event(1)], users: [user('ada')] },
    { ...noRows, events: [event(1, { count: 2 })] },
  ]
  const order = [0, 1].map(part => ({
    ...{ part, from: 0, to: 1, base: part, offset: part },
    ...{ changeFrom: 0, change: 0, changeBase: 0 },
  }))
  const parts = await copiesOf(join(folder.root, 'parts'), { parts: [first, second], order })
  snapshots = { 'one file': one, 'files of parts': parts }
  writeFileSync(join(folder.root, 'ratings.csv'), 'user,item\nada,x\n')
  before = allFiles()
})

afterAll(() => {
  try {
    expect(allFiles()).toEqual(before)
  } finally {
    folder.remove()
  }
})

/** Every file of the data folder with its digest. */
function allFiles(path = folder.root): string[] {
  return readdirSync(path)
    .toSorted()
    .flatMap(name => {
      const file = join(path, name)
      if (statSync(file).isDirectory()) return [file, ...allFiles(file)]
      return [`${file} ${createHash('sha256').update(readFileSync(file)).digest('hex')}`]
    })
}

const ask = (sql: string, limits: { maxRows?: number; maxBytes?: number } = {}) =>
  answerQuery({
    snapshot: snapshots[kind],
    sql,
    memoryMb: 128,
    maxRows: 1000,
    maxBytes: 1_000_000,
    threads: 1,
    ...limits,
  })

/** What a query brings; fails if it is refused. */
async function rowsOf(sql: string, limits: { maxRows?: number; maxBytes?: number } = {}) {
  const answer = await ask(sql, limits)
  if ('error' in answer) throw new Error(`${answer.error.code} ${answer.error.message}`)
  return answer
}

describe.each<Kind>(['one file', 'files of parts'])('%s:', asked => {
  beforeAll(() => {
    kind = asked
  })

  test.each([
    'SELECT count(*) FROM events',
    'WITH x AS (SELECT 1) SELECT * FROM x;',
    '-- how many?\nFROM events LIMIT 1',
    'VALUES (1), (2)',
    'TABLE users',
    '(SELECT 1)',
    'DESCRIBE events',
    'SHOW TABLES',
    'SUMMARIZE users',
    'EXPLAIN SELECT 1',
    'explain analyze select count(*) from events',
    "PIVOT events ON behaviour IN ('view') USING count(*) GROUP BY user_id",
    "SELECT 'DROP TABLE users; --' AS harmless /* ; DELETE FROM users */",
    'SELECT user_id, count, short_items FROM sequences ORDER BY sequence DESC LIMIT 3',
  ])('%s is answered', async sql => {
    const { rows, columns } = await rowsOf(sql)
    expect(rows.length).toBeGreaterThan(0)
    expect(rows[0]).toHaveLength(columns.length)
  })

  test('values come as JSON can hold them', async () => {
    const { columns, rows, truncated } = await rowsOf(
      `SELECT 5::BIGINT AS small, 1152921504606846976 AS big, TIMESTAMP '2024-02-03 04:05:06.7' AS t,
      TIMESTAMPTZ '2024-02-03 04:05:06+01' AS tz, DATE '2024-02-03' AS d, [1, NULL] AS list, {'a': 1.5, 'b': [DATE '2024-01-01']} AS struct,
      MAP {'k': 1} AS map, 'nan'::DOUBLE AS nan, NULL AS nothing, true AS yes, 1.25::DECIMAL(5, 2) AS money,
      sum(count) AS total, '\\x00\\xFF'::BLOB AS bytes, make_timestamp_ms(1700000000123) AS ms FROM events`,
    )
    expect(Object.fromEntries(columns.map(({ name }, k) => [name, rows[0]![k]]))).toEqual({
      small: 5,
      big: '1152921504606846976',
      t: '2024-02-03T04:05:06.7Z',
      tz: '2024-02-03T03:05:06Z',
      d: '2024-02-03',
      list: [1, null],
      struct: { a: 1.5, b: ['2024-01-01'] },
      map: { k: 1 },
      nan: 'NaN',
      nothing: null,
      yes: true,
      money: 1.25,
      total: 3,
      bytes: '\\x00\\xFF',
      ms: '2023-11-14T22:13:20.123Z',
    })
    expect(columns[0]).toEqual({ name: 'small', type: 'BIGINT' })
    expect(truncated).toBe(false)
  })

  test('more rows or bytes than allowed are cut off, and said to be', async () => {
    const rows = await rowsOf('SELECT * FROM range(1000000)', { maxRows: 7 })
    expect(rows.rows).toHaveLength(7)
    expect(rows.truncated).toBe(true)
    const bytes = await rowsOf("SELECT repeat('x', 1000) FROM range(1000000)", { maxRows: 1_000_000, maxBytes: 50_000 })
    expect(bytes.rows).toHaveLength(49)
    expect(bytes.truncated).toBe(true)
    expect((await rowsOf('SELECT * FROM range(7)', { maxRows: 7 })).truncated).toBe(false)
  })

  test('a mistake is told in one line, with what was meant where DuckDB knows it', async () => {
    expect(await ask('SELECT 1 FROM event')).toEqual({
      error: {
        code: 'SQL_INVALID',
        message: 'Catalog Error: Table with name event does not exist! Did you mean "events"?',
      },
    })
    expect(await ask('SELECT userId FROM events')).toMatchObject({
      error: {
        message: expect.stringMatching(/^Binder Error: .*"userId" not found.* Candidate bindings: .*"user_id".*$/),
      },
    })
    expect(await ask('SELECT nothing FROM events')).toMatchObject({
      error: { code: 'SQL_INVALID', message: expect.stringMatching(/^Binder Error: .*nothing.*$/) },
    })
    for (const wrong of ['SELEC 1', '', '  ', '-- nothing', ';', 'SELECT ?']) {
      expect(await ask(wrong)).toMatchObject({ error: { code: 'SQL_INVALID' } })
    }
  })

  /** Of parts all tables are views, which DuckDB refuses to change before it says what was asked. */
  const changesTable = (sql: string) => asked === 'files of parts' && /INSERT|UPDATE|DELETE/.test(sql)

  test.each([
    ["ATTACH ':memory:' AS other", 'ATTACH'],
    ['DETACH memory', 'DETACH'],
    ['LOAD httpfs', 'LOAD'],
    ['CREATE TABLE mine AS SELECT 1', 'CREATE'],
    ['CREATE TEMP TABLE mine AS SELECT 1', 'CREATE'],
    ['CREATE MACRO one() AS 1', 'CREATE'],
    ['SET threads = 1', 'SET'],
    ['RESET threads', 'SET'],
    ['INSERT INTO offsets SELECT * FROM offsets', 'INSERT'],
    ["UPDATE offsets SET topic = ''", 'UPDATE'],
    ['DELETE FROM scores', 'DELETE'],
    ['DROP TABLE events', 'DROP'],
    ['ALTER TABLE events DROP COLUMN reward', 'ALTER'],
    ["COMMENT ON TABLE events IS 'mine'", 'ALTER'],
    ['CALL force_checkpoint()', 'CALL'],
    ['VACUUM', 'VACUUM'],
    ['BEGIN TRANSACTION', 'TRANSACTION'],
    ['PREPARE p AS SELECT 1', 'PREPARE'],
    ['USE memory', 'SET'],
    ['/* SELECT */ DELETE FROM scores -- SELECT', 'DELETE'],
  ])('%s is refused by its kind, %s', async (sql, refused) => {
    const message = changesTable(sql)
      ? '(A query can change nothing|This is no query;)'
      : `This is no query but ${refused}`
    expect(await ask(sql)).toMatchObject({
      error: { code: 'SQL_FORBIDDEN', message: expect.stringMatching(`^${message}`) },
    })
  })

  // What stands before these tables for their types is a view, which DuckDB refuses to change before it says what was asked.
  test.each([
    'INSERT INTO users SELECT * FROM users',
    "UPDATE users SET features = ['a']",
    'DELETE FROM events',
    'EXPLAIN ANALYZE DELETE FROM events',
    'COPY events FROM stdin',
    'PRAGMA enable_profiling',
    'CHECKPOINT',
  ])('%s is refused', async sql => {
    expect(await ask(sql)).toMatchObject({ error: { code: 'SQL_FORBIDDEN' } })
  })

  test.each(['EXPLAIN ANALYZE DELETE FROM scores', 'EXPLAIN (FORMAT json) SELECT 1'])(
    '%s is refused: only a SELECT is explained',
    async sql => {
      const message = changesTable(sql) ? 'A query can change nothing' : 'Only a SELECT can be explained'
      expect(await ask(sql)).toMatchObject({
        error: { code: 'SQL_FORBIDDEN', message: expect.stringMatching(`^${message}`) },
      })
    },
  )

  test.each(['SELECT 1; DROP TABLE events', 'SELECT 1; SELECT 2', 'PIVOT events ON behaviour USING count(*)'])(
    '%s is refused: it is more than one statement',
    async sql => {
      expect(await ask(sql)).toMatchObject({
        error: { code: 'SQL_FORBIDDEN', message: expect.stringMatching(/^These are \d+ statements/) },
      })
    },
  )

  const withPaths = (sql: string) =>
    sql.replaceAll('{folder}', folder.root).replaceAll('{file}', join(folder.root, 'ratings.csv'))

  test.each([
    "COPY events TO '{folder}/events.csv'",
    asked === 'one file' ? "COPY offsets FROM '{file}'" : "COPY part_0.offsets FROM '{file}'",
    "EXPORT DATABASE '{folder}/out'",
  ])('%s is refused: not even DuckDB itself opens a file', async sql => {
    expect(await ask(withPaths(sql))).toMatchObject({
      error: { code: 'SQL_FORBIDDEN', message: expect.stringContaining('LocalFileSystem has been disabled') },
    })
  })

  test.each([
    "SELECT * FROM read_csv('{file}')",
    "SELECT * FROM read_text('{file}')",
    "SELECT * FROM read_json('{file}')",
    "SELECT * FROM read_parquet('{folder}/*.parquet')",
    "SELECT * FROM '{file}'",
    "SELECT * FROM glob('{folder}/**')",
    "SELECT * FROM 'https://example.com/x.csv'",
  ])('%s is refused: a query reaches nothing but the tables', async sql => {
    expect(await ask(withPaths(sql))).toMatchObject({
      error: { code: 'SQL_FORBIDDEN', message: expect.stringMatching(/^A query can reach nothing but the tables/) },
    })
  })

  test.each([
    ...(asked === 'one file' ? [['access_mode', 'read_only']] : []),
    ['enable_external_access', 'false'],
    ['lock_configuration', 'true'],
    ['temp_directory', ''],
    ['autoinstall_known_extensions', 'false'],
    ['autoload_known_extensions', 'false'],
    ['allow_community_extensions', 'false'],
    ['threads', '1'],
  ])('the database is open with %s = %s', async (name, value) => {
    const { rows } = await rowsOf(`SELECT value FROM duckdb_settings() WHERE name = '${name}'`)
    expect(rows).toEqual([[value]])
  })

  test('a query after all of these is answered from the same tables', async () => {
    expect(await ask('SELECT count(*) FROM events')).toMatchObject({ rows: [[2]] })
  })
})

test.each([
  'INSERT INTO part_0.offsets SELECT * FROM offsets',
  'DELETE FROM part_1.events',
  'UPDATE part_1.events SET reward = 1',
  'DROP TABLE part_0.events',
  'CREATE TABLE part_0.mine AS SELECT 1',
  'DETACH part_1',
  'CREATE OR REPLACE VIEW events AS SELECT 1',
  'CREATE OR REPLACE MACRO learner_row(part, row) AS 0',
  'WITH gone AS (DELETE FROM part_0.events RETURNING *) FROM gone',
  "ATTACH '{part}' AS again",
  "ATTACH '{part}' AS again (READ_ONLY)",
  "SELECT * FROM read_blob('{part}')",
  "SELECT * FROM '{part}'",
  "SELECT * FROM read_duckdb('{part}', table_name := 'events')",
])('of the files of parts none is changed, or read but for its tables: %s', async sql => {
  kind = 'files of parts'
  const [part] = snapshots[kind] as PartCopy[]
  expect(await ask(sql.replace('{part}', part!.path))).toMatchObject({
    error: { code: expect.stringMatching(/^SQL_(FORBIDDEN|INVALID)$/) },
  })
  expect((await rowsOf('SELECT bool_and(readonly) FROM duckdb_databases() WHERE path IS NOT NULL')).rows).toEqual([
    [true],
  ])
})

test('a row that the learner has not taken, or that is of no part, has no number', async () => {
  kind = 'files of parts'
  const asked =
    'SELECT learner_row(0, 1), learner_row(1, 1), learner_row(0, 2), learner_row(-1, 1), learner_row(9, NULL)'
  expect((await rowsOf(asked)).rows).toEqual([[1, 2, null, null, null]])
})

test.each([
  "SELECT comment FROM duckdb_columns() WHERE database_name = 'temp' AND table_name = 'events' AND column_name = 'sequence'",
  "SELECT comment FROM DuckDB_Columns() WHERE table_name = 'events' AND column_name = 'sequence' AND database_name = 'temp'",
  `SELECT column_comment FROM information_schema.columns WHERE table_catalog = 'temp' AND table_name = 'events' AND column_name = 'sequence'`,
  `FROM query('SELECT comment FROM duckdb' || '_columns() WHERE database_name = ''temp'' AND column_name = ''sequence'' LIMIT 1')`,
])('what a column of a view means is said to whoever looks: %s', async sql => {
  kind = 'one file'
  const [meant] = (
    await rowsOf("SELECT comment FROM duckdb_columns() WHERE table_name = 'events' AND column_index = 1")
  ).rows[0]!
  expect(meant).toEqual(expect.stringMatching(/\w+/))
  expect((await rowsOf(sql)).rows).toEqual([[meant]])
})
