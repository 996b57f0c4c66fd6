import { copyFileSync, existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { openWarehouse, replaceWarehouse } from '../../src/warehouse/open-warehouse.ts'
import { copyForReading } from '../../src/warehouse/sql/copy-for-reading.ts'
import { runQuery } from '../../src/warehouse/sql/run-query.ts'
import { flipBit, harmWarehouse } from '../promises/damage.ts'
import { seeded } from '../promises/random.ts'
import { all, event, type Folder, kept, noRows, temporaryFolder } from './fixtures.ts'

/** A warehouse of twenty events, and one of forty; and the same with twenty of them in its write-ahead log alone. */
let made: Folder
let once: string
let whole: string
let logged: string
let folder: Folder

beforeAll(async () => {
  made = temporaryFolder()
  const rows = kept(Array.from({ length: 40 }, (_, k) => ({ userId: `u${k % 7}`, time: 1_000 * k })))
  const positions = (offset: number) => [{ topic: 'shop.behaviour-events', partition: 0, offset }]
  let warehouse = await made.open()
  await warehouse.commit({ ...noRows, events: rows.slice(0, 20), positions: positions(20) })
  await warehouse.close()
  once = join(made.root, 'once.duckdb')
  copyFileSync(made.paths.file, once)
  warehouse = await made.open()
  await warehouse.commit({ ...noRows, events: rows.slice(20), positions: positions(40) })
  logged = join(made.root, 'logged.duckdb')
  copyFileSync(made.paths.file, logged)
  copyFileSync(`${made.paths.file}.wal`, `${logged}.wal`)
  await warehouse.close()
  whole = made.paths.file
})
afterAll(() => made.remove())
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(() => folder.remove())

/** Open what is there; the newest row, what was said, and how many files were set aside. */
async function opened(options: { pipeline?: string } = {}) {
  const said: string[] = []
  const warehouse = await folder.open({ ...options, onSetAside: message => said.push(message) })
  try {
    const { sequence } = await warehouse.newest()
    const [position] = await warehouse.positions()
    expect(position?.offset ?? 0).toBe(sequence)
    return { sequence, said, aside: asideFiles() }
  } finally {
    await warehouse.close()
  }
}

function asideFiles(): string[] {
  const aside = join(folder.root, 'set-aside')
  return existsSync(aside) ? readdirSync(aside).flatMap(name => readdirSync(join(aside, name))) : []
}

const file = ['warehouse.duckdb']
const log = ['warehouse.duckdb.wal']
const fits = 'what it holds does not fit its checksum'

test.each([
  ['the first header', 100, fits],
  ['the mark of the format', 9, 'it is no file of DuckDB'],
  ['the third header', 8_300, fits],
  ['a table of events', 300_000, fits],
])('a bit that turned in %s is found at the opening, and the file set aside', async (_, at, reason) => {
  copyFileSync(once, folder.paths.file)
  flipBit(folder.paths.file, at, 3)
  const { sequence, said, aside } = await opened()
  expect({ sequence, aside }).toEqual({ sequence: 0, aside: file })
  expect(said).toEqual([expect.stringContaining(`The warehouse cannot be used (${reason}): it is kept in `)])
  // What is there now is whole.
  expect(await opened()).toEqual({ sequence: 0, said: [], aside: file })
})

test.each(['cut', 'empty', 'half made'] as const)('a file that is %s is set aside', async how => {
  copyFileSync(whole, folder.paths.file)
  harmWarehouse(folder.paths.file, how, { random: seeded(1), other: '' })
  const { sequence, said, aside } = await opened()
  expect({ sequence, said: said.length, aside }).toEqual({ sequence: 0, said: 1, aside: file })
})

test('only the write-ahead log is set aside where only that is damaged', async () => {
  copyFileSync(logged, folder.paths.file)
  copyFileSync(`${logged}.wal`, `${folder.paths.file}.wal`)
  flipBit(`${folder.paths.file}.wal`, 1_000, 0)
  const { sequence, said, aside } = await opened()
  expect({ sequence, aside }).toEqual({ sequence: 20, aside: log })
  expect(said).toEqual([expect.stringContaining(`The warehouse's write-ahead log cannot be used (${fits})`)])
})

test('a write-ahead log of another file is told apart', async () => {
  copyFileSync(whole, folder.paths.file)
  copyFileSync(`${logged}.wal`, `${folder.paths.file}.wal`)
  const { sequence, said } = await opened()
  expect([sequence, said]).toEqual([40, [expect.stringContaining('(it belongs to another file)')]])
})

test('a cut write-ahead log leaves whole batches', async () => {
  copyFileSync(logged, folder.paths.file)
  copyFileSync(`${logged}.wal`, `${folder.paths.file}.wal`)
  harmWarehouse(folder.paths.file, 'log cut', { random: seeded(1), other: '' })
  expect((await opened()).sequence).toBe(20)
})

test("another pipeline's file is set aside, and this one's is not", async () => {
  copyFileSync(logged, folder.paths.file)
  copyFileSync(`${logged}.wal`, `${folder.paths.file}.wal`)
  expect(await opened({ pipeline: 'shop' })).toEqual({ sequence: 40, said: [], aside: [] })
  const { sequence, said } = await opened({ pipeline: 'market' })
  expect([sequence, said]).toEqual([0, [expect.stringContaining('(it is that of the pipeline shop)')]])
})

test('so is a file of the same name that was filled from other topics', async () => {
  const said: string[] = []
  const options = { ...folder.paths, onSetAside: (message: string) => void said.push(message) }
  const warehouse = await openWarehouse(options)
  await warehouse.commit({ ...noRows, events: [event(1)] })
  const ids = new Map([['shop.behaviour-events', 'one']])
  expect([await warehouse.isOf(ids), await warehouse.isOf(ids)]).toEqual([true, true])
  expect(await warehouse.isOf(new Map([['shop.behaviour-events', 'two']]))).toBe(false)
  const next = await replaceWarehouse(warehouse, options)
  expect((await next.newest()).sequence).toBe(0)
  expect(said).toEqual([expect.stringContaining('(it was filled from other topics of these names)')])
  await next.close()
})

test('what a version whose learner forgot users kept goes at the opening, and is told no more', async () => {
  await (await folder.open()).close()
  const instance = await DuckDBInstance.create(folder.paths.file)
  const connection = await instance.connect()
  await connection.run('CREATE TABLE recovery.learner_rooms (max_users BIGINT, since BIGINT)')
  await connection.run('CREATE TABLE recovery.merges (from_user VARCHAR, to_user VARCHAR, since BIGINT)')
  await connection.run(`INSERT INTO recovery.changes (sequence, number, kind, id, lists)
    VALUES (4, 7, 'excluded', 'ann', '[["tea"],[null]]')`)
  connection.closeSync()
  instance.closeSync()
  const warehouse = await folder.open()
  expect(await all(warehouse.changes({ sequence: 0, change: 0 }))).toEqual([])
  expect((await warehouse.newest()).change).toBe(7)
  const sql = "SELECT count(*)::INTEGER FROM duckdb_tables() WHERE table_name IN ('learner_rooms', 'merges')"
  expect((await runQuery({ snapshot: await warehouse.snapshot(), sql })).rows).toEqual([[0]])
  await warehouse.close()
})

test('a file of another version is left where it is', async () => {
  const instance = await DuckDBInstance.create(folder.paths.file)
  const connection = await instance.connect()
  await connection.run('CREATE TABLE events (sequence BIGINT)')
  connection.closeSync()
  instance.closeSync()
  await expect(folder.open()).rejects.toMatchObject({ code: 'WAREHOUSE_MISMATCH' })
  expect(asideFiles()).toEqual([])
})

test('whoever else opens a damaged file says so by its code', async () => {
  writeFileSync(folder.paths.file, '')
  await expect(copyForReading(folder.paths)).rejects.toMatchObject({ code: 'WAREHOUSE_DAMAGED' })
  expect(asideFiles()).toEqual([])
})

test('the newest two that were set aside are kept', async () => {
  for (const time of [1, 2, 3]) {
    writeFileSync(folder.paths.file, '')
    await (await folder.open({ now: () => time * 1_000 })).close()
  }
  expect(readdirSync(join(folder.root, 'set-aside'))).toEqual(['1970-01-01T00-00-02.000Z', '1970-01-01T00-00-03.000Z'])
})
