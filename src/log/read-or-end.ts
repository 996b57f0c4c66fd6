import type { LogRecord, Reader } from './log.ts'

/**
 * The next records; null when everything that was there has been read.
 *
 *     for (let records = await readOrEnd(reader); records !== null; records = await readOrEnd(reader)) …
 */
export async function readOrEnd(reader: Pick<Reader, 'read' | 'caughtUp'>): Promise<LogRecord[] | null> {
  for (;;) {
    const records = await reader.read(0)
    if (records.length > 0) return records
    if (await reader.caughtUp()) return null
    const late = await reader.read(100)
    if (late.length > 0) return late
  }
}

/** Take every record up to the end. */
export async function readToEnd(
  reader: Pick<Reader, 'read' | 'caughtUp'>,
  take: (record: LogRecord) => void,
): Promise<void> {
  for (let records = await readOrEnd(reader); records !== null; records = await readOrEnd(reader)) {
    for (const record of records) take(record)
  }
}
