import { openSession, type QuerySession } from '../../warehouse/sql/session.ts'
import type { CommonOptions } from '../common-options.ts'
import { type Format, formatFrom, isBinary } from './formats.ts'

export interface SqlOptions extends CommonOptions {
  pipeline?: string
  file?: string
  snapshots?: string
  param: Record<string, string>
  format?: Format
  output?: string
  plot?: string[]
  memoryMb: number
  seconds: number
  maxRows?: number
}

/** What the answers are to be, and the process that will give them. */
export interface Begun {
  format: Format
  session: QuerySession
}

/** Rows of an answer for people, and of one for programs. */
const defaultRows = { text: 10_000, binary: 1_000_000 }
const binaryBytes = 1024 ** 3

/** Start the process that answers, so that it loads while all else is loaded and found. */
export function beginSession(options: SqlOptions): Begun {
  const format = formatFrom(options)
  const { memoryMb, seconds } = options
  const maxRows = options.maxRows ?? (isBinary(format) ? defaultRows.binary : defaultRows.text)
  const binary = isBinary(format) ? { maxBytes: binaryBytes, files: format === 'parquet' } : {}
  return { format, session: openSession({ memoryMb, seconds, maxRows, ...binary }) }
}
