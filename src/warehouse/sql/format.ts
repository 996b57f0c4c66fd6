import Table from 'cli-table3'
import type { QueryResult } from './query.ts'

type Rows = Pick<QueryResult, 'columns' | 'rows'>

/** Plain lines without colour, so that a table reads the same in a file. */
const lines = {
  top: '─',
  'top-mid': '┬',
  'top-left': '┌',
  'top-right': '┐',
  bottom: '─',
  'bottom-mid': '┴',
  'bottom-left': '└',
  'bottom-right': '┘',
  left: '│',
  'left-mid': '├',
  mid: '─',
  'mid-mid': '┼',
  right: '│',
  'right-mid': '┤',
  middle: '│',
}
const narrowest = 6

/**
 * A result as a table that fits the width; long values end in "…".
 *
 *     asTable({ columns: [{ name: 'n', type: 'INTEGER' }], rows: [[1]] })
 */
export function asTable({ columns, rows }: Rows, width = 120): string {
  const cells = rows.map(row => row.map(shown))
  const wanted = columns.map(({ name }, k) => {
    let longest = name.length
    for (const row of cells) longest = Math.max(longest, row[k]!.length)
    return longest
  })
  const widths = fitted(wanted, width - 3 * columns.length - 1)
  const cut = (row: string[]) => row.map((text, k) => shortened(text, widths[k]!))
  const table = new Table({
    head: cut(columns.map(({ name }) => name)),
    colWidths: widths.map(chars => chars + 2),
    colAligns: columns.map(({ type }) =>
      /INT|DOUBLE|FLOAT|DECIMAL/.test(type) && !type.endsWith(']') ? 'right' : 'left',
    ),
    style: { head: [], border: [], compact: true },
    chars: lines,
  })
  table.push(...cells.map(cut))
  return table.toString()
}

/** A result as a JSON array of objects; a second column of the same name is called `name_2`. */
export function asJson({ columns, rows }: Rows): string {
  const names = distinct(columns.map(({ name }) => name))
  const objects = rows.map(row => JSON.stringify(Object.fromEntries(row.map((value, k) => [names[k]!, value]))))
  return objects.length === 0 ? '[]' : `[\n${objects.join(',\n')}\n]`
}

/** A result as CSV (RFC 4180): lines end in CRLF, null is empty, lists and structs are JSON. */
export function asCsv({ columns, rows }: Rows): string {
  const line = (values: unknown[]) => `${values.map(csvValue).join(',')}\r\n`
  return line(columns.map(({ name }) => name)) + rows.map(line).join('')
}

function csvValue(value: unknown): string {
  if (value === null) return ''
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
  // An empty string is quoted, so that it differs from null.
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** One line, and nothing in it that a terminal would obey. */
function shown(value: unknown): string {
  const text = value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value)
  return text.replace(/\p{Cc}+/gu, ' ')
}

function shortened(text: string, width: number): string {
  return text.length <= width ? text : `${[...text].slice(0, Math.max(1, width - 1)).join('')}…`
}

/** Widths within a sum: what is narrow stays as it is, the wide ones share the rest. */
function fitted(wanted: readonly number[], available: number): number[] {
  const widths = [...wanted]
  let limit = Math.max(narrowest, ...wanted)
  const total = () => widths.reduce((sum, width) => sum + width, 0)
  while (total() > available && limit > narrowest) {
    limit -= 1
    for (let k = 0; k < widths.length; k++) widths[k] = Math.min(widths[k]!, limit)
  }
  return widths
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
