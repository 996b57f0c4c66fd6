import { mkdirSync, renameSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import pino, { type Logger } from 'pino'

const largest = 16 * 2 ** 20

/**
 * The run's log: one JSON object a line, in the pipeline's folder; what `docs/operate/running.md` explains.
 *
 * Begun anew when it has grown past 16 MiB; the one before is kept beside it.
 */
export function openRunLog(file: string): Logger {
  mkdirSync(dirname(file), { recursive: true })
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0
  if (size > largest) renameSync(file, `${file}.1`)
  return pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination({ dest: file, sync: true }))
}
