import stringWidth from 'string-width'

export interface Column {
  heading: string
  right: boolean
}

const narrowest = 6
const printable = /^[ -~]*$/

/**
 * Rows as a table in a frame that fits the width where it can: what is narrow stays as it is, the wide columns share the
 * rest, and what is cut ends in "…". Plain lines without colour, so that it reads the same in a file.
 *
 * `pace` is called for each row, twice: it may throw to end the work.
 */
export function framedTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  { width, pace }: { width: number; pace: () => void },
): string {
  const widest = columns.map(({ heading }) => widthOf(heading))
  for (const row of rows) {
    pace()
    for (let k = 0; k < row.length; k++) widest[k] = Math.max(widest[k]!, widthOf(row[k]!))
  }
  const widths = fitted(widest, width - 3 * columns.length - 1)
  const rule = (left: string, between: string, right: string) =>
    left + widths.map(chars => '─'.repeat(chars + 2)).join(between) + right
  const line = (cells: readonly string[]) =>
    `│ ${cells.map((text, k) => placed(text, widths[k]!, columns[k]!.right)).join(' │ ')} │`
  const lines = [rule('┌', '┬', '┐'), line(columns.map(({ heading }) => heading))]
  if (rows.length > 0) lines.push(rule('├', '┼', '┤'))
  for (const row of rows) {
    pace()
    lines.push(line(row))
  }
  return [...lines, rule('└', '┴', '┘')].join('\n')
}

/** Columns of a terminal that a text takes; of a very long one nobody needs to know exactly. */
function widthOf(text: string): number {
  return text.length > 1_000 || printable.test(text) ? text.length : stringWidth(text)
}

function placed(text: string, width: number, right: boolean): string {
  const cut = shortened(text, width)
  const space = ' '.repeat(Math.max(0, width - widthOf(cut)))
  return right ? space + cut : cut + space
}

function shortened(text: string, width: number): string {
  if (text.length <= width && widthOf(text) <= width) return text
  let kept = ''
  let taken = 0
  for (const character of text) {
    taken += widthOf(character)
    if (taken > width - 1) break
    kept += character
  }
  return `${kept}…`
}

/** Widths within a sum. */
function fitted(widest: readonly number[], available: number): number[] {
  const within = (limit: number) => widest.map(chars => Math.min(chars, limit))
  const total = (limit: number) => within(limit).reduce((sum, chars) => sum + chars, 0)
  if (total(Number.POSITIVE_INFINITY) <= available) return [...widest]
  let limit = Math.max(narrowest, available)
  while (total(limit) > available && limit > narrowest) limit -= 1
  return within(limit)
}
