import { unlinkSync } from 'node:fs'
import { join } from 'node:path'

/** Every place where a process can be made to die, so that recovery from it is tested. */
export const failpoints = [
  'append.before',
  'append.after',
  'commit.before',
  'commit.after',
  'publish.before',
  'publish.after',
  'fsync.before',
  'fsync.after',
  'rename.before',
  'rename.after',
  'manifest.before',
  'manifest.after',
] as const

export type Failpoint = (typeof failpoints)[number]

const folder = process.env['RECSTREAM_FAILPOINTS']

/**
 * Die here, as by `kill -9`, if a file of this name lies in the folder that RECSTREAM_FAILPOINTS names.
 *
 * The file is removed first, so each file kills one process once. Without the variable this does nothing.
 */
export function failpoint(name: Failpoint): void {
  if (folder === undefined) return
  try {
    unlinkSync(join(folder, name))
  } catch {
    return
  }
  process.kill(process.pid, 'SIGKILL')
}
