import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Part } from './damage.ts'

/** Folders of what was set aside that are kept. */
const kept = 2

/** Where damaged warehouses are kept, beside the file. */
export function setAsideFolder(file: string): string {
  return join(dirname(file), 'set-aside')
}

/**
 * Move a warehouse, or only its write-ahead log, to a folder of its own beside it; that folder. The oldest ones go.
 *
 *     setAside('…/warehouse.duckdb', 'file', Date.now())   // '…/set-aside/2026-11-29T11-20-05.123Z'
 */
export function setAside(file: string, part: Part, now: number): string {
  const all = setAsideFolder(file)
  const folder = join(all, new Date(now).toISOString().replaceAll(':', '-'))
  mkdirSync(folder, { recursive: true })
  const beside = readdirSync(dirname(file)).filter(name => name.startsWith(`${basename(file)}.`))
  for (const name of part === 'log' ? beside : [basename(file), ...beside]) {
    if (existsSync(join(dirname(file), name))) renameSync(join(dirname(file), name), join(folder, name))
  }
  const older = readdirSync(all).sort().slice(0, -kept)
  for (const name of older) rmSync(join(all, name), { recursive: true, force: true })
  return folder
}
