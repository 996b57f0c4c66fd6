import { RecstreamError } from '../errors.ts'
import type { LogRecord } from '../log/log.ts'

/** What a record of one of our topics holds; null where somebody else wrote it, or it cannot be read. */
export function readable<T>(
  { value, unreadable }: Pick<LogRecord, 'value' | 'unreadable'>,
  decode: (value: Buffer) => T,
): T | null {
  if (value === null || unreadable !== undefined) return null
  try {
    return decode(value)
  } catch (error) {
    if (error instanceof RecstreamError) return null
    throw error
  }
}
