import { execFile } from 'node:child_process'
import { readdirSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Warehouse } from '../../src/records/warehouse.ts'
import { event, type Folder, noRows, temporaryFolder } from './fixtures.ts'

let folder: Folder
let warehouse: Warehouse

beforeEach(async () => {
  folder = temporaryFolder()
  warehouse = await folder.open()
})

afterEach(async () => {
  await warehouse.close()
  folder.remove()
})

const batch = (from: number, rows: number) => ({
  ...noRows,
  events: Array.from({ length: rows }, (_, k) => event(from + k)),
  positions: [{ topic: 't', partition: 0, offset: from + rows }],
})

async function read(path: string, sql: string): Promise<unknown[][]> {
  const instance = await DuckDBInstance.create(path, { access_mode: 'read_only' })
  const connection = await instance.connect()
  const rows = (await connection.runAndReadAll(sql)).getRowsJson()
  connection.closeSync()
  instance.closeSync()
  return rows
}

test('a snapshot is reused while nothing was committed since', async () => {
  await warehouse.commit(batch(1, 10))
  const first = await warehouse.snapshot()
  expect(await warehouse.snapshot()).toBe(first)
  await warehouse.commit(batch(11, 1))
  const second = await warehouse.snapshot()
  expect(second).not.toBe(first)
  expect(await read(first, 'SELECT count(*)::INTEGER FROM events')).toEqual([[10]])
  expect(await read(second, 'SELECT count(*)::INTEGER FROM events')).toEqual([[11]])
})

test('snapshots taken while batches commit hold whole batches, rows and positions alike', async () => {
  const work: Promise<unknown>[] = []
  const snapshots: Promise<string>[] = []
  for (let k = 0; k < 30; k++) {
    work.push(warehouse.commit(batch(k * 100 + 1, 100)))
    if (k % 6 === 3) snapshots.push(warehouse.snapshot())
  }
  await Promise.all(work)
  const sql = 'SELECT (SELECT count(*) FROM events)::INTEGER, (SELECT next_offset FROM offsets)::INTEGER'
  const seen = await Promise.all((await Promise.all(snapshots)).map(path => read(path, sql)))
  expect(seen).toEqual([400, 1000, 1600, 2200, 2800].map(rows => [[rows, rows + 1]]))
})

test('taking a snapshot does not give up the lock on the file', async () => {
  await warehouse.commit(batch(1, 10))
  await warehouse.snapshot()
  const child = fileURLToPath(new URL('./open-child.mjs', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, [child, JSON.stringify(folder.paths)])
  expect(stdout).toContain('WAREHOUSE_LOCKED')
})

test('old snapshots go, the newest two and those a query may be opening stay', async () => {
  const paths: string[] = []
  for (let k = 0; k < 5; k++) {
    await warehouse.commit(batch(k + 1, 1))
    paths.push(await warehouse.snapshot())
  }
  expect(readdirSync(folder.paths.snapshots)).toHaveLength(5)
  const longAgo = Date.now() / 1000 - 700
  for (const path of paths.slice(0, 3)) utimesSync(path, longAgo, longAgo)
  await warehouse.commit(batch(6, 1))
  paths.push(await warehouse.snapshot())
  const left = readdirSync(folder.paths.snapshots).map(name => join(folder.paths.snapshots, name))
  expect(left.toSorted()).toEqual(paths.slice(3).toSorted())
})
