import { existsSync, renameSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'

/** Places that every run comes by where a process can be made to die, so that recovery from it is tested. */
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

/** The same, of runs in which somebody gave a command to the arms. */
const commandFailpoints = ['command.before', 'command.after'] as const

/** The same, of runs whose ingest has several parts. */
export const orderFailpoints = ['order.before', 'order.after'] as const

/** The same, of runs in which somebody is forgotten, in the order in which that comes by them. */
export const forgetFailpoints = [
  'taken.before',
  'taken.after',
  'letters.before',
  'letters.after',
  'archive.before',
  'archive.after',
  'replace.before',
  'replace.after',
  'renew.before',
  'renew.after',
  'receipt.before',
  'done.before',
  'done.after',
] as const

type Failpoint =
  | (typeof failpoints)[number]
  | (typeof commandFailpoints)[number]
  | (typeof orderFailpoints)[number]
  | (typeof forgetFailpoints)[number]

const folder = process.env['RECSTREAM_FAILPOINTS']
/** The processes under the supervisor carry their role as first argument. */
const role = process.argv[2]

/**
 * Die here, as by `kill -9`, if the folder that RECSTREAM_FAILPOINTS names holds a file of this name, or of
 * `<role>.<name>` for one process alone.
 *
 * The file is removed first, so each file kills one process once. Of one that is called `<role>.<name>.hold` the process makes
 * `<role>.<name>.held`, and waits here until that is gone. Without the variable this does nothing.
 */
export function failpoint(name: Failpoint): void {
  if (folder === undefined) return
  if (armed(name) || armed(`${role}.${name}`)) process.kill(process.pid, 'SIGKILL')
  holdAt(join(folder, `${role}.${name}`))
}

function holdAt(path: string): void {
  if (!existsSync(`${path}.hold`)) return
  renameSync(`${path}.hold`, `${path}.held`)
  const nobody = new Int32Array(new SharedArrayBuffer(4))
  while (existsSync(`${path}.held`)) Atomics.wait(nobody, 0, 0, 5)
}

function armed(file: string): boolean {
  try {
    unlinkSync(join(folder!, file))
    return true
  } catch {
    return false
  }
}
