import { randomBytes } from 'node:crypto'
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, statSync, unlinkSync, utimesSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'

/**
 * A lock between processes, held by a living process only.
 *
 * Each contender creates a file of its own in the lock's folder and then looks at the others. Whoever sees another
 * living owner withdraws; so of two contenders at least one sees the other, and two can never both hold the lock.
 * File names are never used twice, which makes it safe to delete those of the dead at any moment.
 */
export interface Claim {
  release(): void
}

interface Owner {
  pid: number
  host: string
  since: Date
}

/** A process on another host cannot be looked up, so it counts as living while it touches its file this often, ms. */
const foreignLifeMs = 30_000
const touchEveryMs = 5_000

const host = hostname().replaceAll(/[^A-Za-z0-9-]/g, '-') || 'host'
const boot = readText('/proc/sys/kernel/random/boot_id')?.slice(0, 8) ?? 'none'
const started = processStart(process.pid)?.start ?? '0'
const identity = `${process.pid}.${boot}-${started}.${host}`

/** Take the lock, or say who has it. `touch` keeps a long-held claim visibly alive to other hosts. */
export function tryClaim(folder: string, touch = false): Claim | Owner {
  const before = livingOwner(folder, null)
  if (before !== null) return before
  const name = `${identity}.${randomBytes(6).toString('hex')}`
  const path = join(folder, name)
  createEmpty(folder, path)
  const other = livingOwner(folder, name)
  if (other !== null) {
    removeFile(path)
    return other
  }
  const timer = touch ? setInterval(() => touchFile(path), touchEveryMs).unref() : undefined
  return {
    release() {
      clearInterval(timer)
      removeFile(path)
    },
  }
}

/** Take the lock, waiting for its owner up to `waitMs`; the owner when it did not let go. */
export async function claim(folder: string, waitMs: number, touch = false): Promise<Claim | Owner> {
  const deadline = performance.now() + waitMs
  for (let round = 0; ; round++) {
    const result = tryClaim(folder, touch)
    if ('release' in result || performance.now() >= deadline) return result
    // Uneven waits, or two contenders that saw each other would go on meeting.
    await new Promise(resolve => setTimeout(resolve, 1 + (randomBytes(1)[0]! % Math.min(4 + round, 20))))
  }
}

function createEmpty(folder: string, path: string): void {
  try {
    closeSync(openSync(path, 'wx'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    mkdirSync(folder, { recursive: true })
    closeSync(openSync(path, 'wx'))
  }
}

function livingOwner(folder: string, own: string | null): Owner | null {
  let names: string[]
  try {
    names = readdirSync(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
  for (const name of names) {
    if (name === own) continue
    const parts = name.split('.')
    if (parts.length !== 4) continue
    const path = join(folder, name)
    const since = modified(path)
    if (since === null) continue
    const owner = { pid: Number(parts[0]), host: parts[2]!, since: new Date(since) }
    if (lives(owner.pid, parts[1]!, owner.host, since)) return owner
    removeFile(path)
  }
  return null
}

function lives(pid: number, life: string, onHost: string, touched: number): boolean {
  if (onHost !== host) return Date.now() - touched < foreignLifeMs
  const [onBoot, start] = life.split('-')
  if (onBoot !== boot) return false
  const now = processStart(pid)
  if (now !== null) return now.start === start && !now.ended
  // Without /proc, or with other people's processes hidden in it, a signal is all there is.
  try {
    process.kill(pid, 0)
    return boot === 'none'
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

// The start time distinguishes a process from a later one with the same pid. A zombie has ended once no thread of it is left,
// for until then a write of it may still be under way.
function processStart(pid: number): { start: string; ended: boolean } | null {
  const stat = readText(`/proc/${pid}/stat`)
  if (stat === null) return null
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const state = fields[0]!
  return { start: fields[19]!, ended: state === 'X' || (state === 'Z' && Number(fields[17]) <= 1) }
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}

function modified(path: string): number | null {
  try {
    return statSync(path).mtimeMs
  } catch {
    return null
  }
}

function removeFile(path: string): void {
  try {
    unlinkSync(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}

function touchFile(path: string): void {
  try {
    const now = new Date()
    utimesSync(path, now, now)
  } catch {
    // The data folder was removed under a running process; its next append says so.
  }
}
