import picocolors from 'picocolors'

type Colour = (text: string) => string

/** Nobody outside this process knows these digits, so no title can pass for a mark of ours. */
const own = Array.from({ length: 3 }, () => String(1_000 + Math.floor(9_000 * Math.random()))).join(';')
const ownMarks = new RegExp(`\\u001B\\[(\\d+);${own}m`)

const mark = (code: number | string) => `\u001B[${code};${own}m`

/** Codes of a terminal: what begins it, and what ends it. */
const codes = { bold: [1, 22], dim: [2, 22], red: [31, 39], green: [32, 39], yellow: [33, 39] } as const

/** Colours for stdout: none where it is not a terminal, or NO_COLOR is set. They are marks until `withColours` sees them. */
export function colours(): Record<keyof typeof codes, Colour> {
  const shown = process.stdout.isTTY === true && picocolors.isColorSupported
  const colour = ([begin, end]: readonly [number, number]): Colour =>
    shown ? text => `${mark(begin)}${text}${mark(end)}` : text => text
  const { bold, dim, red, green, yellow } = codes
  return { bold: colour(bold), dim: colour(dim), red: colour(red), green: colour(green), yellow: colour(yellow) }
}

/** A text of which all but our marks goes through `safe`. */
export function besideColours(text: string, safe: (part: string) => string): string {
  return parts(text, safe, mark)
}

/** The same, and our marks as a terminal takes them. */
export function withColours(text: string, safe: (part: string) => string): string {
  return parts(text, safe, code => `\u001B[${code}m`)
}

function parts(text: string, safe: (part: string) => string, marked: (code: string) => string): string {
  const between = text.split(ownMarks)
  return between.map((part, k) => (k % 2 === 0 ? safe(part) : marked(part))).join('')
}
