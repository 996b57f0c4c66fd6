import {
  closeSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import pino, { type Logger } from 'pino'
import { lackOf } from '../errors.ts'
import { plainJson } from '../records/plain-text.ts'
import { scrub } from './scrub.ts'

const largest = 16 * 2 ** 20

/** Hears whether lines can be written. */
export interface RunLogEvents {
  onFull(): void
  onRoom(): void
}

/**
 * The run's log: one JSON object a line, in the pipeline's folder; what `docs/operate/running.md` explains.
 *
 * Begun anew when it has grown past 16 MiB; the one before is kept beside it. A line that cannot be written because the disk
 * is full is left out, and how many were is its first line afterwards: a log must not end what it tells of.
 */
export function openRunLog(file: string, { onFull, onRoom }: RunLogEvents): Logger {
  let open: number | null = null
  let leftOut = 0
  const destination = {
    write(line: string) {
      try {
        open ??= opened(file)
        if (leftOut > 0) append(open, noteOf(leftOut))
        append(open, plainJson(scrub(line)))
        if (leftOut > 0) onRoom()
        leftOut = 0
      } catch (error) {
        // Nobody reads on in a log that is gone, or was never to be had.
        leftOut += 1
        if (lackOf(error) === 'room') onFull()
      }
    },
  }
  return pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination)
}

/** Bytes of a log that are looked through at once. */
const chunk = 4 * 2 ** 20

/**
 * Cover with asterisks what is found in the lines of a run's log, and of the one before; in how many places.
 *
 * In their very place: whoever writes the log may go on meanwhile.
 */
export function coverInRunLog(
  runLog: string,
  find: (bytes: Buffer) => Iterable<{ from: number; to: number }>,
  what: 'cover' | 'count' = 'cover',
): number {
  let places = 0
  for (const path of [runLog, before(runLog)]) {
    if (statSync(path, { throwIfNoEntry: false }) === undefined) continue
    const file = openSync(path, 'r+')
    try {
      const { size } = fstatSync(file)
      for (let position = 0; position < size; ) {
        const bytes = Buffer.alloc(Math.min(chunk, size - position))
        const read = bytes.subarray(0, readSync(file, bytes, 0, bytes.length, position))
        if (read.length === 0) break
        // Lines are looked through whole; one that is longer than all of it is none of ours.
        const lines = read.subarray(0, read.lastIndexOf('\n') + 1 || read.length)
        for (const { from, to } of find(lines)) {
          places += 1
          if (what === 'cover') writeSync(file, Buffer.alloc(to - from, '*'), 0, to - from, position + from)
        }
        position += lines.length
      }
    } finally {
      closeSync(file)
    }
  }
  return places
}

/** What was noted before the log was begun anew. */
const before = (file: string) => `${file}.1`

function opened(file: string): number {
  mkdirSync(dirname(file), { recursive: true })
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0
  if (size > largest) renameSync(file, before(file))
  return openSync(file, 'a', 0o600)
}

/** A line whole, or not at all. */
function append(open: number, line: string): void {
  const bytes = Buffer.from(line)
  let written = 0
  try {
    while (written < bytes.length) written += writeSync(open, bytes, written)
  } catch (error) {
    if (written > 0) ftruncateSync(open, fstatSync(open).size - written)
    throw error
  }
}

function noteOf(leftOut: number): string {
  const note = { level: 40, time: new Date().toISOString(), leftOut, msg: 'lines are missing: the disk was full' }
  return `${JSON.stringify(note)}\n`
}
