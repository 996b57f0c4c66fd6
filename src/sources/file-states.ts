import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'

/** A file as it was. */
export interface FileState extends Times {
  path: string
  sha256: string
}

/** A change of its contents leaves one of them behind: no program can set the last one. */
interface Times {
  size: number
  mtimeMs: number
  ctimeMs: number
}

/**
 * Files as they are. One that has the size and the times of a known state has its contents, too, and is not read.
 *
 *     await fileStates(['ratings.csv'], [])   // [{ path: '/data/ratings.csv', size: 1024, …, sha256: '…' }]
 */
export async function fileStates(paths: readonly string[], known: readonly FileState[]): Promise<FileState[]> {
  const byPath = new Map(known.map(state => [state.path, state]))
  const states: FileState[] = []
  for (const path of [...new Set(paths.map(path => resolve(path)))].sort()) {
    const times = await timesOf(path)
    const before = byPath.get(path)
    const sha256 = before !== undefined && sameTimes(before, times) ? before.sha256 : await hashOf(path)
    states.push({ path, ...times, sha256 })
  }
  return states
}

/** Whether files hold what they held, whenever they were written. */
export function sameContents(a: readonly FileState[], b: readonly FileState[]): boolean {
  return (
    a.length === b.length &&
    a.every(({ path, size, sha256 }, k) => path === b[k]!.path && size === b[k]!.size && sha256 === b[k]!.sha256)
  )
}

/** Whether nobody wrote to these files since they were looked at. */
export async function untouched(states: readonly FileState[]): Promise<boolean> {
  for (const state of states) if (!sameTimes(state, await timesOf(state.path))) return false
  return true
}

async function timesOf(path: string): Promise<Times> {
  const { size, mtimeMs, ctimeMs } = await stat(path)
  return { size, mtimeMs, ctimeMs }
}

function sameTimes(a: Times, b: Times): boolean {
  return a.size === b.size && a.mtimeMs === b.mtimeMs && a.ctimeMs === b.ctimeMs
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}
