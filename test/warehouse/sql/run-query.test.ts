import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { QueryLimits } from '../../../src/warehouse/sql/query.ts'
import { runQuery } from '../../../src/warehouse/sql/run-query.ts'
import { event, type Folder, item, noRows, temporaryFolder, user } from '../fixtures.ts'

let folder: Folder
let snapshot: string
let secret: string

beforeAll(async () => {
  folder = temporaryFolder()
  const warehouse = await folder.open()
  const events = Array.from({ length: 5000 }, (_, k) => event(k + 1, { userId: `user-${k % 9}`, value: k % 5 }))
  await warehouse.commit({ ...noRows, events, users: [user('ada')], items: [item('x', { title: 'X' })] })
  snapshot = await warehouse.snapshot()
  await warehouse.close()
  secret = join(folder.root, 'secret.csv')
  writeFileSync(secret, 'password\nhunter2\n')
  mkdirSync(join(folder.root, 'out'))
})

afterAll(() => folder.remove())

const ask = (sql: string, limits: QueryLimits = {}) => runQuery({ snapshot, sql, limits: { threads: 1, ...limits } })

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

test('a query is answered, and says how long it took', async () => {
  const { columns, rows, truncated, elapsedMs } = await ask('SELECT count(*) AS n FROM events')
  expect({ columns, rows, truncated }).toEqual({
    columns: [{ name: 'n', type: 'BIGINT' }],
    rows: [[5000]],
    truncated: false,
  })
  expect(elapsedMs).toBeGreaterThan(0)
})

test('what is wrong with a query comes as an error with its code', async () => {
  await expect(ask('SELECT nothing FROM events')).rejects.toMatchObject({ code: 'SQL_INVALID' })
  await expect(ask('DROP TABLE events')).rejects.toMatchObject({ code: 'SQL_FORBIDDEN' })
  await expect(runQuery({ snapshot: `${snapshot}x`, sql: 'SELECT 1' })).rejects.toMatchObject({
    code: 'WAREHOUSE_FAILED',
  })
})

describe('attacks', () => {
  let before: string[]
  let children: number

  beforeAll(() => {
    before = allFiles()
    children = process.getActiveResourcesInfo().filter(name => name === 'ProcessWrap').length
  })

  afterAll(() => {
    expect(allFiles()).toEqual(before)
    expect(existsSync('/tmp/recstream-attack')).toBe(false)
    expect(process.getActiveResourcesInfo().filter(name => name === 'ProcessWrap')).toHaveLength(children)
  })

  const limits = { seconds: 3, memoryMb: 128 }
  test.each([
    ['a memory bomb', 'SELECT list(range) FROM range(1000000000000)'],
    ['a large sort', 'SELECT * FROM range(1000000000000) t(a) ORDER BY hash(a)'],
    ['a large join', 'SELECT count(*) FROM events a, events b, events c, events d WHERE a.value + b.value > c.value'],
    ['an endless recursion', 'WITH RECURSIVE x AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM x) SELECT max(n) FROM x'],
    [
      'a growing recursion',
      "WITH RECURSIVE x AS (SELECT 'a' AS s UNION ALL SELECT s || s FROM x) SELECT max(length(s)) FROM x",
    ],
    ['a burner of CPU time', 'SELECT count(*) FROM range(1000000000000) t(a) WHERE sqrt(a) * sin(a) = 0.5'],
    ['a huge string', "SELECT length(repeat('x', 2000000000) || repeat('y', 2000000000))"],
    ['many long strings', "SELECT max(repeat('x', 10000000 + a)) FROM range(1000) t(a) GROUP BY a"],
    ['a huge list', 'SELECT range(2000000000)'],
    ['a huge cell in the result', "SELECT repeat('x', 300000000)"],
    ['many huge cells', "SELECT repeat('x', 100000) FROM range(10000)"],
    [
      'a bomb of regular expressions',
      "SELECT count(*) FROM range(100000000) WHERE regexp_matches(repeat('a', 1000), '(a*)*b')",
    ],
    ['a query nested deeply', `SELECT ${'('.repeat(200_000)}1${')'.repeat(200_000)}`],
    ['a long chain of operators', `SELECT 1${' + 1'.repeat(200_000)}`],
    ['a long query', `SELECT '${'x'.repeat(2_000_000)}'`],
  ])('%s ends at a limit', async (_, sql) => {
    const started = performance.now()
    const outcome = await ask(sql, limits).catch(error => error)
    // Cut short is as good as refused.
    if (outcome instanceof Error)
      expect(outcome).toMatchObject({ code: expect.stringMatching(/^SQL_(LIMIT|INVALID)$/) })
    else expect(JSON.stringify(outcome.rows).length).toBeLessThan(20 * 1024 * 1024)
    expect(performance.now() - started).toBeLessThan(15_000)
  })

  test('the process of a query has nothing of our environment', async () => {
    process.env['RECSTREAM_TEST_SECRET'] = 'hunter2'
    const { rows } = await ask('FROM duckdb_settings()')
    delete process.env['RECSTREAM_TEST_SECRET']
    expect(JSON.stringify(rows)).not.toContain('hunter2')
    expect(JSON.stringify(rows)).not.toContain(process.env['HOME'] ?? 'no home')
  })
})
