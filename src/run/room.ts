import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { lackOf } from '../errors.ts'

/** Less room than this is soon full again, bytes. */
const leastRoom = 8 * 2 ** 20

const lookEveryMs = 500

/** Where the disk is full, in words: the same for all who meet it, so that it can be said once. */
export function fullDisk(folder: string): string {
  return `The disk that ${folder} lies on is full: free some space, and it goes on by itself.`
}

/**
 * Do what needs room on the disk; where there is none, say so once and wait for it. It ends without, too, when `stopped` comes first.
 *
 *     await whenThereIsRoom(() => bindFolder(file, identity), { folder: data, stopped, onFull: console.error })
 */
export async function whenThereIsRoom(
  work: () => Promise<void>,
  { folder, stopped, onFull }: { folder: string; stopped: AbortSignal; onFull: (message: string) => void },
): Promise<void> {
  for (let tries = 0; !stopped.aborted; tries++) {
    try {
      return await work()
    } catch (error) {
      if (lackOf(error) !== 'room') throw error
    }
    if (tries === 0) onFull(fullDisk(folder))
    while (!stopped.aborted && !hasRoom(folder)) await setTimeout(lookEveryMs)
  }
}

/** Whether a folder's disk has room again: tried out, since quotas do not show otherwise. */
export function hasRoom(folder: string): boolean {
  const trial = join(folder, `.room-${process.pid}`)
  try {
    mkdirSync(folder, { recursive: true })
    writeFileSync(trial, Buffer.alloc(leastRoom), { mode: 0o600 })
    return true
  } catch (error) {
    // What else is wrong, a start says better.
    return lackOf(error) !== 'room'
  } finally {
    rmSync(trial, { force: true })
  }
}
