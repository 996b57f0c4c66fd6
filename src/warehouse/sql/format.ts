import { plainJson, plainLine, plainText } from '../../records/plain-text.ts'
import { distinctNames } from './column-names.ts'
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
    right: isNumber(type),
  }))
  const cells = rows.map(row => {
    pace()
    return row.map(shown)
  })
  return framedTable(shownColumns, cells, { width, pace })
}

/** A result as a JSON array of objects; a second column of the same name is called `name_2`. */
export function asJson(result: Rows): string {
  return result.rows.length === 0 ? '[]' : `[\n${jsonObjects(result).join(',\n')}\n]`
}

/** The same objects, one a line. */
export function asJsonLines(result: Rows): string {
  return jsonObjects(result).join('\n')
}

function jsonObjects({ columns, rows }: Rows): string[] {
  const names = distinctNames(columns.map(({ name }) => name))
  return rows.map(row => plainJson(JSON.stringify(Object.fromEntries(row.map((value, k) => [names[k]!, value])))))
}

/**
 * A result as a table in Markdown; numbers stand to the right.
 *
 *     asMarkdown({ columns: [{ name: 'n', type: 'INTEGER' }], rows: [[1]] })   // '| n |\n|---:|\n| 1 |'
 */
export function asMarkdown({ columns, rows }: Rows): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map(text => text.replaceAll('\\', '\\\\').replaceAll('|', '\\|').replaceAll('<', '&lt;')).join(' | ')} |`
  const rule = `|${columns.map(({ type }) => (isNumber(type) ? '---:' : '---')).join('|')}|`
  return [line(columns.map(({ name }) => plainLine(name))), rule, ...rows.map(row => line(row.map(shown)))].join('\n')
}

/**
 * A result as CSV (RFC 4180): lines end in CRLF, null is empty, lists and structs are JSON. What a terminal would obey is
 * replaced; JSON keeps it, escaped.
 */
export function asCsv({ columns, rows }: Rows): string {
  const line = (values: unknown[]) => `${values.map(csvValue).join(',')}\r\n`
  return line(columns.map(({ name }) => name)) + rows.map(line).join('')
}

/** Whether a column holds numbers. */
export function isNumber(type: string): boolean {
  return /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|DOUBLE|FLOAT|DECIMAL\(.*\))$/.test(type)
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
