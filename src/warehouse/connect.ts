import { existsSync, mkdirSync, realpathSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import { RecstreamError } from '../errors.ts'
import { damagedPart, damageWords } from './damage.ts'
import { DuckDBInstance } from './duckdb.ts'

export interface Database {
  connect(): Promise<DuckDBConnection>
  close(): void
}

/** DuckDB's lock keeps other processes out, not this one: within a process we must know ourselves. */
const open = new Set<string>()

/** Open a warehouse file for writing; WAREHOUSE_LOCKED when a process, this one included, has it open. */
export async function openDatabase(options: {
  file: string
  memoryLimitMb: number
  threads: number
}): Promise<Database> {
  mkdirSync(dirname(options.file), { recursive: true })
  const file = refuseIfOpenHere(options.file)
  open.add(file)
  try {
    if (!existsSync(file)) await makeFile(file)
    const spills = `${file}.tmp`
    const instance = await DuckDBInstance.create(file, {
      memory_limit: `${options.memoryLimitMb}MB`,
      threads: `${options.threads}`,
      temp_directory: spills,
      // The default, 16 MB, compresses half-filled row groups again and again; with 64 MB rows take twice as much memory before that.
      checkpoint_threshold: '32MB',
      // What it needs no more it gives back at once, not when 128 MB of it have come together.
      allocator_flush_threshold: '1MB',
      allocator_bulk_deallocation_flush_threshold: '4MB',
      allocator_background_threads: 'true',
      ...format,
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
    })
    // What a process that was killed did not hold in memory; whose it was, the file's lock says.
    rmSync(spills, { recursive: true, force: true })
    return {
      connect: () => instance.connect(),
      close: () => {
        instance.closeSync()
        open.delete(file)
      },
    }
  } catch (error) {
    open.delete(file)
    throw openingError(file, error)
  }
}

// Pinned, so that an update of the library does not change the file's format behind the user's back.
const format = { storage_compatibility_version: 'v1.5.0' }

/** An empty file of DuckDB, there whole or not at all: on a full disk it would be half made, and never open again. */
async function makeFile(file: string): Promise<void> {
  const unfinished = `${file}.new`
  rmSync(unfinished, { force: true })
  try {
    const instance = await DuckDBInstance.create(unfinished, format)
    instance.closeSync()
    renameSync(unfinished, file)
  } catch (error) {
    for (const path of [unfinished, `${unfinished}.wal`]) rmSync(path, { force: true })
    throw error
  }
}

/** WAREHOUSE_LOCKED if this very process has the file open; its real path otherwise. */
export function refuseIfOpenHere(path: string): string {
  const file = join(realpathSync(dirname(path)), basename(path))
  if (open.has(file)) throw locked(file, process.pid)
  return file
}

/** What a failed opening means, in words. */
export function openingError(file: string, error: unknown): RecstreamError {
  const message = firstLine(error)
  if (/lock|being used by another process/i.test(message)) {
    const holder = /PID (\d+)/.exec(message)?.[1]
    return locked(file, holder === undefined ? null : Number(holder), error)
  }
  if (damagedPart(error) !== null) return damaged(file, error)
  return new RecstreamError('WAREHOUSE_FAILED', `The warehouse ${file} could not be opened: ${message}`, {
    cause: error,
  })
}

/** A start mends it by itself: whoever else meets it can only say so. */
export function damaged(file: string, cause: unknown): RecstreamError {
  const message = `The warehouse ${file} is damaged (${damageWords(cause)}); the next start sets it aside and builds it again from the log.`
  return new RecstreamError('WAREHOUSE_DAMAGED', message, { cause })
}

function locked(file: string, pid: number | null, cause?: unknown): RecstreamError {
  const holder = pid === null ? 'another process' : `process ${pid}`
  return new RecstreamError(
    'WAREHOUSE_LOCKED',
    `The warehouse ${file} is held by ${holder}; stop that pipeline first, or ask it with \`recstream sql\`.`,
    { cause },
  )
}

/** DuckDB's messages go on with advice for its own command line; the first line says what happened. */
export function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return message.split('\n', 1)[0]!.trim()
}
