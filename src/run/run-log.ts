import { fstatSync, ftruncateSync, mkdirSync, openSync, renameSync, statSync, writeSync } from 'node:fs'
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

function opened(file: string): number {
  mkdirSync(dirname(file), { recursive: true })
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0
  if (size > largest) renameSync(file, `${file}.1`)
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
