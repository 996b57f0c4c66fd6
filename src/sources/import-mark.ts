import type { Log, LogRecord } from '../log/log.ts'

/** The header in which an imported record says which row of which source it is. */
export const importHeader = 'recstream-import'

/** How far an import came: the row (from 1), and a checksum over all rows up to it. */
export interface ImportMark {
  /** Rises by one each time that a changed source of the same name is imported anew. */
  generation: number
  row: number
  /** CRC-32 of the rows so far, as JSON. */
  digest: number
}

/**
 * A mark as it stands in the header.
 *
 *     markText('ml-100k', { generation: 1, row: 17, digest: 0xcafe })   // 'ml-100k:17:0000cafe'
 *     markText('ml-100k', { generation: 2, row: 17, digest: 0xcafe })   // 'ml-100k#2:17:0000cafe'
 */
export function markText(source: string, { generation, row, digest }: ImportMark): string {
  return `${source}${generation > 1 ? `#${generation}` : ''}:${row}:${digest.toString(16).padStart(8, '0')}`
}

/** The newest mark of a source on a topic; null if it was never imported there. */
export async function findImportMark(log: Log, topic: string, source: string): Promise<ImportMark | null> {
  const newest = (await log.newest(topic)).map(record => markOf(record, source))
  // Batches are atomic over partitions and rows rise, so if the import wrote last everywhere, its last row is among these.
  if (newest.every(mark => mark !== null)) return newest.reduce(later, null)
  return scan(log, topic, source)
}

/** Another producer wrote after the import, so its last row can be anywhere. */
async function scan(log: Log, topic: string, source: string): Promise<ImportMark | null> {
  const ranges = await log.ranges(topic)
  const reader = await log.reader(ranges.map(({ partition, first }) => ({ topic, partition, offset: first })))
  try {
    let last: ImportMark | null = null
    while (ranges.some(({ partition, end }) => reader.position(topic, partition) < end)) {
      for (const record of await reader.read(1_000)) last = later(last, markOf(record, source))
    }
    return last
  } finally {
    await reader.close()
  }
}

function later(a: ImportMark | null, b: ImportMark | null): ImportMark | null {
  if (a === null || b === null) return a ?? b
  return b.generation > a.generation || (b.generation === a.generation && b.row > a.row) ? b : a
}

function markOf(record: LogRecord, source: string): ImportMark | null {
  const text = record.headers[importHeader]?.toString('utf8')
  const parts = text === undefined ? null : /^(.*?)(?:#(\d+))?:(\d+):([0-9a-f]{8})$/s.exec(text)
  if (parts === null || parts[1] !== source) return null
  return { generation: Number(parts[2] ?? 1), row: Number(parts[3]), digest: Number.parseInt(parts[4]!, 16) }
}
