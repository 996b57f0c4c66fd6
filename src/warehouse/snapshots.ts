import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { failpoint } from '../failpoint.ts'
import { copyFileOutside } from './copy-file.ts'

/** A query may still be opening a copy this young. */
const inUseMs = 10 * 60_000
const kept = 2
/** However young they are: an open copy stays readable after its removal, and the disk must not fill up. */
const keptAtMost = 16

/**
 * Copy a warehouse file nobody writes to meanwhile, with its write-ahead log if it has one; the copy's path.
 *
 *     await copyWarehouse('…/warehouse.duckdb', '…/snapshots', 'snapshot-1700000000000-1')
 */
export async function copyWarehouse(file: string, folder: string, name: string): Promise<string> {
  mkdirSync(folder, { recursive: true })
  const path = join(folder, `${name}.duckdb`)
  const partial = join(folder, `${name}.partial`)
  if (existsSync(`${file}.wal`)) await copyFileOutside(`${file}.wal`, `${path}.wal`)
  await copyFileOutside(file, partial)
  failpoint('rename.before')
  renameSync(partial, path)
  failpoint('rename.after')
  return path
}

/** Remove copies that are no longer needed: all but the newest two, and none that a query may be opening now. */
export function removeOldCopies(folder: string, now: number): void {
  const files = readdirSync(folder).map(name => ({
    path: join(folder, name),
    name,
    time: modified(join(folder, name)),
  }))
  const copies = files.filter(({ name }) => name.endsWith('.duckdb')).sort((a, b) => b.time - a.time)
  for (const [place, { path, time }] of copies.entries()) {
    if (place < kept || (place < keptAtMost && now - time < inUseMs)) continue
    rmSync(path, { force: true })
  }
  for (const { path, name, time } of files) {
    const copied = name.endsWith('.wal') && existsSync(path.slice(0, -'.wal'.length))
    if (!name.endsWith('.duckdb') && !copied && now - time > inUseMs) rmSync(path, { force: true, recursive: true })
  }
}

function modified(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
}
