import { RecstreamError } from '../../errors.ts'
import { plainLine } from '../../records/plain-text.ts'
import type { QueryResult } from '../../warehouse/sql/query.ts'

const mark = '•'

/** One axis: where its values lie, and how they are written. */
interface Axis {
  from: number
  to: number
  labelOf: (value: number) => string
}

/**
 * Two columns of a result as points in a frame of plain characters: numbers, times or dates along both axes, or texts along
 * the first in the order of the rows.
 *
 *     plotText(result, ['version', 'value'], { width: 80, height: 20 })
 */
export function plotText(
  { columns, rows }: Pick<QueryResult, 'columns' | 'rows'>,
  [xName, yName]: readonly [string, string],
  { width, height }: { width: number; height: number },
): string {
  const xAt = placeOf(columns, xName)
  const yAt = placeOf(columns, yName)
  const known = rows.filter(row => row[xAt] !== null && row[yAt] !== null)
  if (known.length === 0) throw new RecstreamError('CONFIG_INVALID', 'There is no row with both columns to plot.')
  const xs = numbersOf(known, xAt)
  const ys = numbersOf(known, yAt)
  if (ys === null) {
    throw new RecstreamError('CONFIG_INVALID', `The column ${yName} holds neither numbers nor times; plot another one.`)
  }
  const y = axisOf(ys, columns[yAt]!.type)
  const x =
    xs === null
      ? { from: 0, to: Math.max(1, known.length - 1), labelOf: (k: number) => textAt(known, xAt, k) }
      : axisOf(xs, columns[xAt]!.type)
  const labels = [y.from, (y.from + y.to) / 2, y.to].map(y.labelOf)
  const margin = Math.max(...labels.map(({ length }) => length))
  const across = Math.max(10, width - margin - 2)
  const grid = Array.from({ length: height }, () => new Array<string>(across).fill(' '))
  for (const [k, value] of ys.entries()) {
    const column = placed(xs === null ? k : xs[k]!, x, across)
    grid[height - 1 - placed(value, y, height)]![column] = mark
  }
  const labelOfLine = new Map([
    [height - 1, labels[0]!],
    [(height - 1) >> 1, labels[1]!],
    [0, labels[2]!],
  ])
  const lines = grid.map((line, k) => {
    const label = labelOfLine.get(k)
    return `${(label ?? '').padStart(margin)} ${label === undefined ? '│' : '┤'}${line.join('').trimEnd()}`
  })
  return [
    plainLine(`${yName} by ${xName}`),
    ...lines,
    `${' '.repeat(margin)} └${'─'.repeat(across)}`,
    ' '.repeat(margin + 2) + footOf(x, across),
  ].join('\n')
}

function placeOf(columns: QueryResult['columns'], wanted: string): number {
  const at = columns.findIndex(({ name }) => name === wanted)
  if (at >= 0) return at
  const names = columns.map(({ name }) => name).join(', ')
  throw new RecstreamError('CONFIG_INVALID', `There is no column ${wanted} to plot; there are ${names}.`)
}

/** Null where a value is neither a number nor a time. */
function numbersOf(rows: readonly unknown[][], at: number): number[] | null {
  const numbers = rows.map(row => {
    const value = row[at]
    if (typeof value === 'number') return value
    if (typeof value !== 'string') return Number.NaN
    return /^\d{4}-\d\d-\d\d/.test(value) ? Date.parse(value) : Number(value)
  })
  return numbers.every(Number.isFinite) ? numbers : null
}

function axisOf(values: readonly number[], type: string): Axis {
  let from = Number.POSITIVE_INFINITY
  let to = Number.NEGATIVE_INFINITY
  for (const value of values) {
    from = Math.min(from, value)
    to = Math.max(to, value)
  }
  const days = /^(DATE|TIMESTAMP)/.test(type)
  // A line needs some height: one value stands in the middle.
  const [low, high] = from < to ? [from, to] : [from - 1, to + 1]
  return { from: low, to: high, labelOf: days ? value => timeLabel(value, high - low) : numberLabel }
}

function numberLabel(value: number): string {
  return String(Number(value.toPrecision(5)))
}

/** As much of a time as tells one end of the axis from the other. */
function timeLabel(value: number, span: number): string {
  const text = new Date(value).toISOString().replace('T', ' ')
  return span > 3 * 86_400_000 ? text.slice(0, 10) : span > 120_000 ? text.slice(0, 16) : text.slice(0, 19)
}

function placed(value: number, { from, to }: Axis, places: number): number {
  return Math.min(places - 1, Math.max(0, Math.round(((value - from) / (to - from)) * (places - 1))))
}

/** Both ends of the axis, and its middle where there is room. */
function footOf({ from, to, labelOf }: Axis, across: number): string {
  const [left, middle, right] = [labelOf(from), labelOf((from + to) / 2), labelOf(to)]
  const gap = across - left.length - middle.length - right.length
  if (gap < 4) return `${left}${right.padStart(Math.max(right.length + 1, across - left.length))}`
  const before = Math.max(left.length + 2, Math.round((across - middle.length) / 2))
  return `${left.padEnd(before)}${middle}${right.padStart(across - before - middle.length)}`
}

function textAt(rows: readonly unknown[][], at: number, k: number): string {
  return plainLine(String(rows[Math.round(k)]?.[at] ?? '')).slice(0, 20)
}
