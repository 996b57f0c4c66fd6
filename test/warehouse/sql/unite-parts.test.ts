import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { PartCopy, Snapshot } from '../../../src/warehouse/sql/query.ts'
import { answerQuery } from '../../../src/warehouse/sql/sandbox.ts'
import { tables } from '../../../src/warehouse/tables.ts'
import { user } from '../fixtures.ts'
import { copiesOf, copyWith, type Twins, twins } from '../parts.ts'

let folder: string
let made: Twins
let one: string
let parts: PartCopy[]

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'recstream-parts-'))
  made = twins(7, { rows: 400, of: 3 })
  one = await copyWith(join(folder, 'one'), made.one)
  parts = await copiesOf(folder, made)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function ask(snapshot: Snapshot, sql: string) {
  const answer = await answerQuery({
    ...{ snapshot, sql, memoryMb: 256, maxRows: 10_000, maxBytes: 16_000_000, threads: 2 },
  })
  if ('error' in answer) throw new Error(`${answer.error.code} ${answer.error.message}`)
  return answer
}

/** Sums of parts differ in their last digits by the order of rows. */
const digits = (rows: unknown[][]) =>
  rows.map(row => row.map(value => (typeof value === 'number' ? Number(value.toPrecision(9)) : value)))

test.each([
  'SELECT * FROM events ORDER BY sequence',
  'SELECT * FROM users ORDER BY ALL',
  'SELECT * FROM items ORDER BY item_id',
  'SELECT * FROM recommendations ORDER BY sequence, rank',
  'SELECT * FROM models ORDER BY ALL',
  'SELECT * FROM scores ORDER BY ALL',
  'SELECT * FROM commands ORDER BY command_id',
  'SELECT * EXCLUDE (number) FROM dead_letters ORDER BY source_offset',
  'SELECT * FROM offsets ORDER BY ALL',
  'SELECT * FROM sequences ORDER BY sequence',
  "SELECT * FROM sequences WHERE user_id = 'user-3' ORDER BY time DESC, sequence LIMIT 5",
  'SELECT count(*) FROM events',
  'SELECT count(*), max(sequence) FROM events WHERE sequence > 17 AND sequence <= 300',
  "SELECT sequence, item_id FROM events WHERE user_id = 'user-5' ORDER BY sequence DESC LIMIT 3",
  'SELECT item_id, count(*), sum(reward) FROM events GROUP BY ALL ORDER BY ALL',
  'SELECT title, count(*) FROM events JOIN items USING (item_id) JOIN users USING (user_id) GROUP BY ALL ORDER BY ALL',
  "SELECT user_features[1], properties['seconds'] FROM events WHERE properties IS NOT NULL ORDER BY sequence",
  'FROM arm_users(days := 0.05) ORDER BY ALL',
  'FROM arm_rewards(days := 0.05)',
  "FROM off_policy_log('plan') ORDER BY ALL",
  "FROM off_policy('plan', unanswered := 0) ORDER BY ALL",
  "SELECT utc('2026-01-31T09:00:00+09:00')",
  'SELECT DISTINCT name FROM (SHOW TABLES) ORDER BY 1',
  ...tables.map(({ name }) => `DESCRIBE ${name}`),
  'DESCRIBE sequences',
  `SELECT function_name, parameters, comment FROM duckdb_functions() WHERE database_name = current_database()
     AND function_type IN ('macro', 'table_macro') ORDER BY ALL`,
])('parts answer as one does: %s', async sql => {
  const [ofOne, ofParts] = [await ask(one, sql), await ask(parts, sql)]
  expect(ofParts.columns).toEqual(ofOne.columns)
  expect(digits(ofParts.rows)).toEqual(digits(ofOne.rows))
  expect(ofParts.rows.length).toBeGreaterThan(0)
  expect(ofParts.asOf).toEqual(ofOne.asOf)
})

test('every table, view and column of parts says what it is', async () => {
  const of = (snapshot: Snapshot, kind: 'table' | 'view') =>
    ask(
      snapshot,
      `SELECT table_name || '.' || column_name, comment FROM duckdb_columns() WHERE database_name = ${
        kind === 'view' ? 'current_database()' : "'temp'"
      } AND comment IS NOT NULL`,
    )
  const { rows } = await of(parts, 'view')
  const said = new Map(rows as [string, string][])
  for (const { name, columns } of tables) {
    for (const column of columns) {
      const place = `${name}.${column.name}`
      const ownWords = ['events.sequence', 'dead_letters.number'].includes(place)
      expect(said.get(place)).toEqual(ownWords ? expect.stringMatching(/^Row number in/) : column.comment)
    }
  }
  expect(said.get('sequences.short_items')).toContain('oldest first')
  const views = await ask(parts, 'SELECT view_name FROM duckdb_views() WHERE NOT internal AND comment IS NULL')
  expect(views.rows).toEqual([])
})

test('each part can be asked by itself, by its own row numbers', async () => {
  const { rows } = await ask(
    parts,
    'SELECT 0, max(sequence) FROM part_0.events UNION ALL SELECT 1, max(sequence) FROM part_1.events ORDER BY 1',
  )
  expect(rows).toEqual([0, 1].map(part => [part, made.parts[part]!.events.length]))
})

test('rows that the learner has not taken have no number, and come last', async () => {
  const cut = made.order.slice(0, -10)
  const copies = await copiesOf(join(folder, 'cut'), { ...made, order: cut })
  const taken = cut.reduce((sum, { from, to }) => sum + to - from, 0)
  const { rows, asOf } = await ask(copies, 'SELECT count(*), count(sequence), max(sequence) FROM events')
  expect(rows).toEqual([[400, taken, taken]])
  expect(asOf?.sequence).toBe(taken)
  const last = await ask(copies, 'SELECT sequence FROM events ORDER BY sequence LIMIT 1 OFFSET 399')
  expect(last.rows).toEqual([[null]])
  // The short windows hold them all the same.
  const windows = 'SELECT user_id, time, count, short_times FROM sequences ORDER BY user_id, time, count'
  expect((await ask(copies, windows)).rows).toEqual((await ask(one, windows)).rows)
})

test('where part 0 is elsewhere, rows have no number and nothing of the learner is there', async () => {
  const { rows, asOf } = await ask(
    parts.slice(1),
    'SELECT (SELECT count(*) FROM events), (SELECT count(sequence) FROM events), (SELECT count(*) FROM scores)',
  )
  expect(rows).toEqual([[made.parts[1]!.events.length + made.parts[2]!.events.length, 0, 0]])
  expect(asOf?.sequence).toBe(0)
})

test('of a user the newest profile stands, whichever part has it', async () => {
  const older = user('ada', { timestamp: 5, offset: 9, attributes: '{"v":1}' })
  const newer = user('ada', { timestamp: 6, offset: 3, attributes: '{"v":2}' })
  const sameTime = user('bob', { timestamp: 7, offset: 10, attributes: '{"v":4}' })
  const batches = [[newer, sameTime], [older, { ...sameTime, offset: 9, attributes: '{"v":3}' }], [older]]
  const copies = await copiesOf(join(folder, 'users'), {
    parts: made.parts.map((batch, part) => ({ ...batch, users: batches[part]! })),
    order: [],
  })
  expect((await ask(copies, 'SELECT user_id, attributes, source_offset FROM users ORDER BY 1')).rows).toEqual([
    ['ada', { v: 2 }, 3],
    ['bob', { v: 4 }, 10],
  ])
})

test('what a filter leaves out is not read: it stands at the scan of every part', async () => {
  const planOf = async (sql: string) => (await ask(parts, `EXPLAIN ${sql}`)).rows.map(row => row.join('\n')).join('\n')
  for (const sql of [
    "SELECT sequence, item_id FROM events WHERE user_id = 'user-5'",
    "SELECT * FROM users WHERE user_id = 'user-5'",
    "SELECT * FROM recommendations WHERE user_id = 'user-5'",
    "SELECT * FROM sequences WHERE user_id = 'user-5'",
  ]) {
    const plan = await planOf(sql)
    const [scans, filters] = [plan.match(/SEQ_SCAN/g), plan.match(/user_id='user-5'/g)]
    expect([sql, filters?.length]).toEqual([sql, scans?.length])
  }
  // What is not asked for is not worked out.
  expect(await planOf('SELECT count(*), max(time) FROM events')).not.toContain('learner_row')
})
