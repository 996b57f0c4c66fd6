import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { layoutOf, layoutOfPart } from '../../src/run/layout.ts'
import { openWarehouse } from '../../src/warehouse/open-warehouse.ts'
import { event, item, noRows } from '../warehouse/fixtures.ts'
import { copyWith, twins } from '../warehouse/parts.ts'
import { recstream } from './run-cli.ts'

const data = mkdtempSync(join(tmpdir(), 'recstream-snapshot-'))
const layout = layoutOf(data, 'shop')

beforeAll(async () => {
  const warehouse = await openWarehouse({
    file: layout.warehouse,
    snapshots: layout.snapshots,
    archive: layout.archive,
  })
  await warehouse.commit({ ...noRows, events: [event(1), event(2)], items: [item('x', { title: 'X' })] })
  await warehouse.close()
})
afterAll(() => rmSync(data, { recursive: true, force: true }))

const snapshot = (...args: string[]) => recstream(['snapshot', '-p', 'shop', '--data', data, ...args])

async function rowsOf(sql: string, file = ':memory:'): Promise<unknown[][]> {
  const database = await DuckDBInstance.create(file, file === ':memory:' ? {} : { access_mode: 'READ_ONLY' })
  const connection = await database.connect()
  const rows = (await connection.runAndReadAll(sql)).getRowsJson()
  database.closeSync()
  return rows
}

test('all tables and macros are copied to a file that DuckDB opens from version 1.0 on', async () => {
  const file = join(data, 'shop-copy.duckdb')
  const { stdout } = await snapshot(file)
  expect(stdout).toMatch(/^All tables are in .*, which DuckDB opens from 1\.0 on: as of event 2 \(.*\), \d+ s ago\.\n$/)
  // The number of its format, little-endian behind a checksum and "DUCK": 64 is that of 1.0.
  expect([readFileSync(file).toString('latin1', 8, 12), readFileSync(file).readUInt32LE(12)]).toEqual(['DUCK', 64])
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(await rowsOf("select count(*)::int, utc('2026-01-01')::text from events, items", file)).toEqual([
    [2, '2026-01-01 00:00:00'],
  ])
  expect(
    await rowsOf('select typeof(user_features), typeof(properties), user_features from events limit 1', file),
  ).toEqual([['VARCHAR[]', 'MAP(VARCHAR, DOUBLE)', ['age=25-34']]])
  const again = await snapshot(file)
  expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('give another name')])
})

test('all tables are copied to a folder of Parquet files', async () => {
  const folder = join(data, 'tables')
  const { stdout } = await snapshot(folder, '--json')
  expect(JSON.parse(stdout)).toMatchObject({ target: folder, format: 'parquet', asOf: { sequence: 2 } })
  expect(readdirSync(folder)).toContain('recommendations.parquet')
  expect(await rowsOf(`select sequence::int from '${folder}/events.parquet' order by all`)).toEqual([[1], [2]])
})

test('a name that could be either is asked about', async () => {
  expect((await snapshot(join(data, 'shop.csv'))).stderr).toContain('error[CONFIG_INVALID]: What ".csv" is to be')
})

test('of several parts the tables are copied as one, and which are not here is said', async () => {
  const parted = layoutOf(data, 'parted')
  const made = twins(3, { rows: 60, of: 3 })
  for (const part of [0, 1]) {
    const batch = part === 0 ? { ...made.parts[0]!, order: made.order } : made.parts[1]!
    await copyWith(dirname(layoutOfPart(parted, { part, of: 3 }).warehouse), batch)
  }
  const file = join(data, 'parted.duckdb')
  const copied = await recstream(['snapshot', '-p', 'parted', '--data', data, file])
  expect(copied.stderr).toContain('The tables of part 2 of 3 are not in')
  expect(copied.stdout).toMatch(/: as of event \d+ /)
  const here = made.one.events.filter(({ partition }) => partition % 3 < 2).map(({ sequence }) => [sequence])
  expect(await rowsOf('SELECT sequence::int FROM events ORDER BY 1', file)).toEqual(here)
  expect(await rowsOf('SELECT count(*)::int FROM sequences WHERE short_items IS NOT NULL', file)).not.toEqual([[0]])
  expect(await rowsOf('SELECT arm FROM arm_rewards(days := 1) ORDER BY arm', file)).toEqual([['bias'], ['plan']])
  expect(
    await rowsOf(
      "SELECT comment FROM duckdb_columns() WHERE table_name = 'dead_letters' AND column_name = 'number'",
      file,
    ),
  ).toEqual([[expect.stringContaining('in its part')]])
  const folder = join(data, 'parted-tables')
  expect((await recstream(['snapshot', '-p', 'parted', '--data', data, folder])).code).toBe(0)
  expect(await rowsOf(`SELECT sequence::int FROM '${folder}/events.parquet' ORDER BY 1`)).toEqual(here)
  const asked = await recstream(['sql', '-p', 'parted', '--data', data, '--json', 'SELECT count(*) AS n FROM events'])
  expect([JSON.parse(asked.stdout), asked.stderr]).toEqual([
    [{ n: here.length }],
    expect.stringContaining('The tables of part 2 of 3 are not in'),
  ])
  const tables = await recstream(['sql', '-p', 'parted', '--data', data])
  expect(tables.stdout.match(/arm_rewards\(/g)).toHaveLength(1)
  expect(tables.stdout).toMatch(/properties +MAP\(VARCHAR, DOUBLE\)/)
  // Another host that sees the folder needs nothing else.
  const shared = join(data, 'shared')
  const written = await recstream(['snapshot', '-p', 'parted', '--data', data, shared, '--format', 'parts'])
  expect(written.stdout).toContain(`for \`recstream sql --snapshots ${shared}\``)
  const elsewhere = await recstream([
    'sql',
    '--data',
    join(data, 'nothing'),
    '--snapshots',
    shared,
    '--json',
    'SELECT count(*) AS n FROM events',
  ])
  expect(JSON.parse(elsewhere.stdout)).toEqual([{ n: here.length }])
})
