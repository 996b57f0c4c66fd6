import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { answerQuery } from '../../../src/warehouse/sql/sandbox.ts'
import { event, type Folder, noRows, temporaryFolder, user } from '../fixtures.ts'

let folder: Folder
let snapshot: string
let before: string[]

beforeAll(async () => {
  folder = temporaryFolder()
  const warehouse = await folder.open()
  await warehouse.commit({ ...noRows, events: [event(1), event(2)], users: [user('ada')] })
  snapshot = await warehouse.snapshot()
  await warehouse.close()
  writeFileSync(join(folder.root, 'secret.csv'), 'password\nhunter2\n')
  mkdirSync(join(folder.root, 'out'))
  before = allFiles()
})

afterAll(() => {
  try {
    expect(allFiles()).toEqual(before)
    expect(existsSync('/tmp/recstream-attack')).toBe(false)
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
  answerQuery({ snapshot, sql, memoryMb: 128, maxRows: 1000, maxBytes: 1_000_000, threads: 1, ...limits })

/** What a query brings; fails if it is refused. */
async function rowsOf(sql: string, limits: { maxRows?: number; maxBytes?: number } = {}) {
  const answer = await ask(sql, limits)
  if ('error' in answer) throw new Error(`${answer.error.code} ${answer.error.message}`)
  return answer
}

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
    map: [{ key: 'k', value: 1 }],
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

test('a mistake is told in one line', async () => {
  expect(await ask('SELECT nothing FROM events')).toMatchObject({
    error: { code: 'SQL_INVALID', message: expect.stringMatching(/^Binder Error: .*nothing.*$/) },
  })
  for (const wrong of ['SELEC 1', '', '  ', '-- nothing', ';', 'SELECT ?']) {
    expect(await ask(wrong)).toMatchObject({ error: { code: 'SQL_INVALID' } })
  }
})

const here = (sql: string) =>
  sql.replaceAll('{root}', folder.root).replaceAll('{file}', folder.paths.file).replaceAll('{snapshot}', snapshot)

test.each([
  "COPY events TO '{root}/out/events.csv'",
  "COPY events TO '{file}'",
  "COPY (SELECT 1) TO '/tmp/recstream-attack' (FORMAT parquet)",
  "COPY users FROM '{root}/secret.csv'",
  "ATTACH '{root}/out/new.duckdb' AS other",
  "ATTACH '{file}' AS other",
  'DETACH warehouse',
  'INSTALL httpfs',
  'LOAD httpfs',
  "LOAD '{root}/secret.csv'",
  "SELECT * FROM read_csv('{root}/secret.csv')",
  "SELECT * FROM read_text('{root}/secret.csv')",
  "SELECT * FROM read_blob('/proc/self/environ')",
  "SELECT * FROM read_parquet('{root}/*.parquet')",
  "SELECT * FROM read_json('{root}/secret.csv')",
  "SELECT * FROM sniff_csv('{root}/secret.csv')",
  "SELECT * FROM parquet_metadata('{root}/secret.csv')",
  "SELECT * FROM '{root}/secret.csv'",
  "SELECT * FROM 'https://example.com/x.csv'",
  "SELECT * FROM glob('{root}/**')",
  "SELECT * FROM query('FROM read_text(''{root}/secret.csv'')')",
  "SELECT getenv('HOME')",
  'FROM duckdb_secrets()',
  "CREATE SECRET s (TYPE s3, KEY_ID 'x', SECRET 'y')",
  'SET enable_external_access = true',
  'SET lock_configuration = false',
  "SET memory_limit = '64GB'",
  'RESET memory_limit',
  "PRAGMA memory_limit = '64GB'",
  "PRAGMA import_database('{root}')",
  "EXPORT DATABASE '{root}/out'",
  "IMPORT DATABASE '{root}/out'",
  'CREATE TABLE mine AS SELECT 1',
  'CREATE TEMP TABLE mine AS SELECT 1',
  "CREATE MACRO f() AS TABLE FROM read_text('{root}/secret.csv')",
  'INSERT INTO users SELECT * FROM users',
  "UPDATE users SET features = '[]'",
  'DELETE FROM events',
  'TRUNCATE events',
  'DROP TABLE events',
  'ALTER TABLE events DROP COLUMN reward',
  "COMMENT ON TABLE events IS 'mine'",
  'MERGE INTO users USING users AS u ON true WHEN MATCHED THEN DELETE',
  'WITH x AS (DELETE FROM events RETURNING *) SELECT * FROM x',
  'SELECT 1; DROP TABLE events',
  'SELECT 1; SELECT 2',
  '/* SELECT */ DELETE FROM events -- SELECT',
  'EXPLAIN ANALYZE DELETE FROM events',
  "EXPLAIN ANALYZE COPY events TO '{root}/out/x'",
  'EXPLAIN (FORMAT json) DELETE FROM events',
  'CALL force_checkpoint()',
  "CALL enable_logging(storage = 'file', storage_path = '{root}/out')",
  'CHECKPOINT',
  'VACUUM',
  'BEGIN TRANSACTION',
  'PREPARE p AS DELETE FROM events',
  'EXECUTE p',
  'USE memory',
  'PIVOT events ON behaviour USING count(*)',
])('%s is refused', async sql => {
  const answer = await ask(here(sql))
  const { code, message } = 'error' in answer ? answer.error : { code: 'answered', message: JSON.stringify(answer) }
  expect(['SQL_FORBIDDEN', 'SQL_INVALID']).toContain(code)
  expect(message).not.toContain('hunter2')
})

test('a query after all of these is answered from the same tables', async () => {
  expect(await ask('SELECT count(*) FROM events')).toMatchObject({ rows: [[2]] })
})
