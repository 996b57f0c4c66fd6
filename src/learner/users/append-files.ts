import { closeSync, fdatasyncSync, mkdirSync, openSync, readSync, rmdirSync, rmSync, writeSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { magic, nameOf, numbersIn } from './cold-records.ts'

/** A file that is only added to. */
export interface AppendFile {
  readonly number: number
  readonly path: string
  readonly descriptor: number
  /** As far as it is written, or is about to be. */
  bytes: number
  /** Records in it, and how many of them are a user's newest. */
  records: number
  live: number
  isSynced: boolean
  /** It lies in the folder, not in a scratch folder. */
  readonly isOwn: boolean
}

/** Files of a folder, of which the newest one is added to. */
export interface AppendFiles {
  readonly all: ReadonlyMap<number, AppendFile>
  readonly head: AppendFile | null
  /** From now on another file is added to, which is a new one. */
  begin(): void
  /** Add bytes to the newest file. */
  append(bytes: Uint8Array): void
  /** Read from a place on as much as there is; returns how much. */
  read(file: AppendFile, from: number, into: Uint8Array): number
  /** Open a file of the folder, to be read up to `bytes`. */
  open(number: number, bytes: number, records: number): void
  /** What was added is in the files: a crash of this process leaves it there. */
  flush(): void
  /** It is on disk. */
  sync(): Promise<void>
  /** Nothing of a file is needed any more here. */
  close(file: AppendFile): void
  closeAll(): void
  /** From now on new files lie in the folder; the scratch folder, which goes when its files are closed, null if there was none. */
  leaveScratch(): string | null
}

/** With `scratch` new files lie there, and nothing of them stays, whatever ends this process. */
export function appendFiles({ folder, scratch: given }: { folder: string; scratch?: string | undefined }): AppendFiles {
  let scratch = given ?? null
  const all = new Map<number, AppendFile>()
  let head: AppendFile | null = null
  const pending = new Uint8Array(pendingBytes)
  let waiting = 0

  const flush = (): void => {
    if (head === null || waiting === 0) return
    writeAll(head.descriptor, pending.subarray(0, waiting), head.bytes - waiting)
    head.isSynced = false
    waiting = 0
  }
  const append = (bytes: Uint8Array): void => {
    if (waiting + bytes.length > pending.length) flush()
    if (bytes.length > pending.length) {
      writeAll(head!.descriptor, bytes, head!.bytes)
      head!.isSynced = false
    } else {
      pending.set(bytes, waiting)
      waiting += bytes.length
    }
    head!.bytes += bytes.length
  }
  const close = (file: AppendFile): void => {
    if (file === head) {
      flush()
      head = null
    }
    // A checkpoint that is being written may name it.
    if (file.isOwn && !file.isSynced) fdatasyncSync(file.descriptor)
    closeSync(file.descriptor)
    all.delete(file.number)
    if (!file.isOwn) tryRemove(file.path)
  }

  return {
    all,
    get head() {
      return head
    },
    begin() {
      flush()
      const number = Math.max(0, ...all.keys(), ...numbersIn(folder)) + 1
      const isOwn = scratch === null
      mkdirSync(scratch ?? folder, { recursive: true, mode: 0o700 })
      const path = join(scratch ?? folder, nameOf(number))
      const descriptor = openSync(path, 'wx+')
      if (!isOwn) {
        tryRemove(path)
        tryRemoveFolder(scratch!)
      }
      head = { number, path, descriptor, bytes: 0, live: 0, records: 0, isSynced: false, isOwn }
      all.set(number, head)
      append(magic)
    },
    append,
    read(file, from, into) {
      const written = file === head ? file.bytes - waiting : file.bytes
      if (from < written) return readSync(file.descriptor, into, 0, Math.min(into.length, written - from), from)
      const there = pending.subarray(from - written, Math.min(waiting, from - written + into.length))
      into.set(there)
      return there.length
    },
    open(number, bytes, records) {
      const path = join(folder, nameOf(number))
      const descriptor = openSync(path, 'r')
      all.set(number, { number, path, descriptor, bytes, live: 0, records, isSynced: true, isOwn: true })
    },
    flush,
    async sync() {
      const due = [...all.values()].filter(({ isOwn, isSynced }) => isOwn && !isSynced)
      for (const file of due) {
        file.isSynced = true
        await syncPath(file.path)
      }
      if (due.length > 0) await syncPath(folder)
    },
    close,
    closeAll() {
      for (const file of [...all.values()]) close(file)
    },
    leaveScratch() {
      flush()
      head = null
      const before = scratch
      scratch = null
      return before
    },
  }
}

const pendingBytes = 1 << 18

function writeAll(descriptor: number, bytes: Uint8Array, from: number): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at, bytes.length - at, from + at)
}

/** What is open elsewhere cannot be removed everywhere. */
export function tryRemove(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch {}
}

/** A folder in which nothing is; where files that are open keep their names it stays. */
function tryRemoveFolder(path: string): void {
  try {
    rmdirSync(path)
  } catch {}
}

async function syncPath(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
