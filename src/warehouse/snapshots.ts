import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { failpoint } from '../failpoint.ts'
import { copyFileOutside } from './copy-file.ts'
import { DuckDBInstance } from './duckdb.ts'

/** A query may still be opening a copy this young. */
const inUseMs = 10 * 60_000
const kept = 2
/** However young they are: an open copy stays readable after its removal, and the disk must not fill up. */
const keptAtMost = 16

/**
 * Copy a warehouse file that nobody writes to meanwhile, its write-ahead log worked in; the copy's path.
 *
 *     await copyWarehouse('…/warehouse.duckdb', '…/snapshots', 'snapshot-1700000000000-1')
 */
export async function copyWarehouse(file: string, folder: string, name: string): Promise<string> {
  mkdirSync(folder, { recursive: true })
  const path = join(folder, `${name}.duckdb`)
  const partial = join(folder, `${name}-${process.pid}.partial`)
  const log = existsSync(`${file}.wal`)
  try {
    if (log) await copyFileOutside(`${file}.wal`, `${partial}.wal`)
    await copyFileOutside(file, partial)
    if (log) await workIn(partial)
  } catch (error) {
    // Half a copy takes the room that others need.
    for (const path of [partial, `${partial}.wal`]) rmSync(path, { force: true })
    throw error
  }
  failpoint('rename.before')
  renameSync(partial, path)
  failpoint('rename.after')
  return path
}

/** Replay the write-ahead log into its file, so that readers need not. */
async function workIn(file: string): Promise<void> {
  const instance = await DuckDBInstance.create(file)
  const connection = await instance.connect()
  await connection.run('CHECKPOINT')
  connection.closeSync()
  instance.closeSync()
}

/** Remove copies that are no longer needed: all but the newest two, and none that a query may be opening now. */
export function removeOldCopies(folder: string, now: number): void {
  const files = readdirSync(folder).map(name => {
    const path = join(folder, name)
    return { path, time: statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0, copy: name.endsWith('.duckdb') }
  })
  const copies = files.filter(({ copy }) => copy).sort((a, b) => b.time - a.time)
  for (const [place, { path, time }] of copies.entries()) {
    if (place >= kept && (place >= keptAtMost || now - time >= inUseMs)) rmSync(path, { force: true })
  }
  for (const { path, time, copy } of files) {
    if (!copy && now - time >= inUseMs) rmSync(path, { force: true, recursive: true })
  }
}
