import Table from 'cli-table3'
import { plainLine } from '../../records/plain-text.ts'
import { besideColours, colours } from './colours.ts'

/**
 * Rows as a plain table under a line of headings, columns two spaces apart.
 *
 *     table(['policy', 'rmse'], [['bias', '0.94']], { right: [1] })
 */
export function table(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  { right = [], indent = 0 }: { right?: readonly number[]; indent?: number } = {},
): string {
  const nothing = { top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '' }
  const chars = { ...nothing, 'bottom-left': '', 'bottom-right': '', left: '', 'left-mid': '', mid: '', 'mid-mid': '' }
  const drawn = new Table({
    chars: { ...chars, right: '', 'right-mid': '', middle: '  ' },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    colAligns: headings.map((_, column) => (right.includes(column) ? 'right' : 'left')),
  })
  drawn.push(
    headings.map(heading => colours().dim(heading)),
    ...rows.map(row => row.map(cell => besideColours(cell, plainLine))),
  )
  return drawn
    .toString()
    .split('\n')
    .map(line => `${' '.repeat(indent)}${line.trimEnd()}`)
    .join('\n')
}

/**
 * A text on one line, cut to a length.
 *
 *     shorten('a long title', 8)   // 'a long …'
 */
export function shorten(text: string, length: number): string {
  const line = text.replaceAll(/\s+/g, ' ')
  const characters = [...line]
  return characters.length <= length ? line : `${characters.slice(0, length - 1).join('')}…`
}
