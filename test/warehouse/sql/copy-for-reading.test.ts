import { execFileSync } from 'node:child_process'
import { existsSync, rmSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { copyForReading } from '../../../src/warehouse/sql/copy-for-reading.ts'
import type { Copy } from '../../../src/warehouse/sql/copy-stopped.ts'
import { runQuery } from '../../../src/warehouse/sql/run-query.ts'
import { event, type Folder, noRows, temporaryFolder } from '../fixtures.ts'
import { runUntilKilled } from '../killed-child.ts'

let folder: Folder

beforeEach(() => {
  folder = temporaryFolder()
})

afterEach(() => folder.remove())

const counted = async ({ path }: Copy) =>
  (await runQuery({ snapshot: path, sql: 'SELECT count(*) FROM events' })).rows[0]![0]

test('a stopped pipeline is read from a copy, the same one until it runs again', async () => {
  const warehouse = await folder.open()
  await warehouse.commit({ ...noRows, events: [event(1)] })
  await warehouse.close()
  const first = await copyForReading(folder.paths)
  expect(await counted(first)).toBe(1)
  expect(await copyForReading(folder.paths)).toEqual(first)
  expect(first.asOf).toBe(statSync(folder.paths.file).mtimeMs)

  const again = await folder.open()
  await again.commit({ ...noRows, events: [event(2)] })
  await again.close()
  expect(await counted(await copyForReading(folder.paths))).toBe(2)
})

test('what a killed pipeline left in its write-ahead log is in the copy', async () => {
  const output = await runUntilKilled('./commit-child.mjs', [JSON.stringify(folder.paths)], null, text =>
    text.includes('\n1500\n'),
  )
  expect(existsSync(`${folder.paths.file}.wal`)).toBe(true)
  const copy = await copyForReading(folder.paths)
  expect(await counted(copy)).toBeGreaterThanOrEqual(Number(output.trim().split('\n').at(-1)))
  expect(existsSync(`${copy.path}.wal`)).toBe(false)
  // The owner finds its own file and log as they were.
  const warehouse = await folder.open()
  expect((await warehouse.newest()).sequence).toBe(await counted(copy))
  await warehouse.close()
})

test('while a pipeline runs, it must be asked', async () => {
  const warehouse = await folder.open()
  await expect(copyForReading(folder.paths)).rejects.toMatchObject({ code: 'WAREHOUSE_LOCKED' })
  const child = fileURLToPath(new URL('./copy-child.mjs', import.meta.url))
  expect(execFileSync(process.execPath, [child, JSON.stringify(folder.paths)]).toString()).toBe('WAREHOUSE_LOCKED\n')
  await warehouse.close()
  rmSync(folder.paths.file)
  await expect(copyForReading(folder.paths)).rejects.toMatchObject({ code: 'SOURCE_MISSING' })
})
