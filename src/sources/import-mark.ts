import type { Log, LogRecord } from '../log/log.ts'
import { type Published, publishedOn } from '../log/published.ts'

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

/** How far an import of a source came on a topic. */
export function importedOn(
  log: Log,
  topic: string,
  source: string,
  compacted: boolean,
): Promise<Published<ImportMark>> {
  return publishedOn(log, topic, record => markOf(record, source), { isLater, compacted })
}

function isLater(a: ImportMark, b: ImportMark): boolean {
  return a.generation > b.generation || (a.generation === b.generation && a.row > b.row)
}

function markOf(record: LogRecord, source: string): ImportMark | null {
  const text = record.headers[importHeader]?.toString('utf8')
  const parts = text === undefined ? null : /^(.*?)(?:#(\d+))?:(\d+):([0-9a-f]{8})$/s.exec(text)
  if (parts === null || parts[1] !== source) return null
  return { generation: Number(parts[2] ?? 1), row: Number(parts[3]), digest: Number.parseInt(parts[4]!, 16) }
}
