import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { QueryLimits } from '../../../src/warehouse/sql/query.ts'
import { runQuery } from '../../../src/warehouse/sql/run-query.ts'
import { event, type Folder, item, noRows, temporaryFolder, user } from '../fixtures.ts'

let folder: Folder
let snapshot: string

beforeAll(async () => {
  folder = temporaryFolder()
  const warehouse = await folder.open()
  const events = Array.from({ length: 5000 }, (_, k) => event(k + 1, { userId: `user-${k % 9}`, value: k % 5 }))
  await warehouse.commit({ ...noRows, events, users: [user('ada')], items: [item('x', { title: 'X' })] })
  snapshot = await warehouse.snapshot()
  await warehouse.close()
})

afterAll(() => folder.remove())

const ask = (sql: string, limits: QueryLimits = {}) => runQuery({ snapshot, sql, limits: { threads: 1, ...limits } })

test('a query is answered, and says how long it took', async () => {
  const { columns, rows, truncated, elapsedMs } = await ask('SELECT count(*) AS n FROM events')
  expect({ columns, rows, truncated }).toEqual({
    columns: [{ name: 'n', type: 'BIGINT' }],
    rows: [[5000]],
    truncated: false,
  })
  expect(elapsedMs).toBeGreaterThan(0)
})

test('a small limit is enough for a small query, on every Node', async () => {
  const { rows } = await ask('SELECT count(*) FROM events', { memoryMb: 64 })
  expect(rows).toEqual([[5000]])
})

test('what is wrong with a query comes as an error with its code', async () => {
  await expect(ask('SELECT nothing FROM events')).rejects.toMatchObject({ code: 'SQL_INVALID' })
  await expect(ask('DROP TABLE events')).rejects.toMatchObject({ code: 'SQL_FORBIDDEN' })
  await expect(runQuery({ snapshot: `${snapshot}x`, sql: 'SELECT 1' })).rejects.toMatchObject({
    code: 'WAREHOUSE_FAILED',
  })
})

/** Takes a few seconds, and about 30 MB to sort a million numbers. */
const slow = 'SELECT count(*) FROM range(400000000) t(a) WHERE sqrt(a) * sin(a) = 0.5'
const sorting = "SELECT a, 'number ' || a AS name FROM range(1000000) t(a) ORDER BY hash(a) LIMIT 5 OFFSET 999995"

describe('a limit', () => {
  test('of time ends a query that would go on', async () => {
    await expect(ask(slow, { seconds: 0.4 })).rejects.toMatchObject({
      code: 'SQL_LIMIT',
      message: expect.stringMatching(/longer than 0.4 s/),
    })
  })

  test('of memory ends a query that needs more, and not one that needs less', async () => {
    expect((await ask(sorting, { memoryMb: 256 })).rows).toHaveLength(5)
    await expect(ask(sorting, { memoryMb: 8 })).rejects.toMatchObject({
      code: 'SQL_LIMIT',
      message: expect.stringMatching(/its 8 MiB/),
    })
  })

  test('on the process around it holds even where the query needs nothing', async () => {
    await expect(ask('SELECT 1', { memoryMb: 8, processMb: 8 })).rejects.toMatchObject({ code: 'SQL_LIMIT' })
  })

  test('on the result holds for its columns too', async () => {
    const name = `"${'n'.repeat(400_000)}"`
    const wide = `WITH t AS (SELECT 1 AS ${name}) SELECT a.*, b.*, c.* FROM t a, t b, t c`
    expect((await ask(wide)).columns).toHaveLength(3)
    await expect(ask(wide, { maxBytes: 1000 })).rejects.toMatchObject({
      code: 'SQL_LIMIT',
      message: expect.stringMatching(/too large/),
    })
  })

  test('on the text of a query is 1 MiB', async () => {
    const query = (length: number) => 'SELECT 1 --'.padEnd(length, '.')
    expect((await ask(query(2 ** 20))).rows).toEqual([[1]])
    await expect(ask(query(2 ** 20 + 1))).rejects.toMatchObject({
      code: 'SQL_LIMIT',
      message: expect.stringMatching(/1 MiB/),
    })
  })

  test('leaves no process behind', async () => {
    const children = () => process.getActiveResourcesInfo().filter(name => name === 'ProcessWrap').length
    await expect(ask(slow, { seconds: 0.4 })).rejects.toMatchObject({ code: 'SQL_LIMIT' })
    // Those of the tests before may still be on their way out too, so none at all is what to wait for.
    await expect.poll(children, { timeout: 10_000 }).toBe(0)
  })
})
