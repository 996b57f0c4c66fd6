import { plainJson, plainLine, plainText } from '../../records/plain-text.ts'
import type { QueryResult } from './query.ts'
import { framedTable } from './table-layout.ts'

type Rows = Pick<QueryResult, 'columns' | 'rows'>

/**
 * A result as a table that fits the width; long values end in "…". `pace` is called row by row, and may throw.
 *
 *     asTable({ columns: [{ name: 'n', type: 'INTEGER' }], rows: [[1]] })
 */
export function asTable({ columns, rows }: Rows, width = 120, pace: () => void = () => {}): string {
  const shownColumns = columns.map(({ name, type }) => ({
    heading: plainLine(name),
    right: /INT|DOUBLE|FLOAT|DECIMAL/.test(type) && !type.endsWith(']'),
  }))
  const cells = rows.map(row => {
    pace()
    return row.map(shown)
  })
  return framedTable(shownColumns, cells, { width, pace })
}

/** A result as a JSON array of objects; a second column of the same name is called `name_2`. */
export function asJson({ columns, rows }: Rows): string {
  const names = distinct(columns.map(({ name }) => name))
  const objects = rows.map(row => JSON.stringify(Object.fromEntries(row.map((value, k) => [names[k]!, value]))))
  return objects.length === 0 ? '[]' : plainJson(`[\n${objects.join(',\n')}\n]`)
}

/**
 * A result as CSV (RFC 4180): lines end in CRLF, null is empty, lists and structs are JSON. What a terminal would obey is
 * replaced; JSON keeps it, escaped.
 */
export function asCsv({ columns, rows }: Rows): string {
  const line = (values: unknown[]) => `${values.map(csvValue).join(',')}\r\n`
  return line(columns.map(({ name }) => name)) + rows.map(line).join('')
}

function csvValue(value: unknown): string {
  if (value === null) return ''
  const text = plainText(typeof value === 'object' ? JSON.stringify(value) : String(value))
  // An empty string is quoted, so that it differs from null.
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** One line, and nothing in it that a terminal would obey. */
function shown(value: unknown): string {
  const text = value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value)
  return plainLine(text)
}

function distinct(names: readonly string[]): string[] {
  const used = new Set<string>()
  return names.map(name => {
    let free = name
    for (let k = 2; used.has(free); k++) free = `${name}_${k}`
    used.add(free)
    return free
  })
}
