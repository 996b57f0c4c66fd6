import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { layoutOf } from '../../src/run/layout.ts'
import { openWarehouse } from '../../src/warehouse/open-warehouse.ts'
import { event, item, noRows } from '../warehouse/fixtures.ts'
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
