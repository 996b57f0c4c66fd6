import { plainJson, plainLine, plainText } from '../../records/plain-text.ts'
import { scrub } from '../../run/scrub.ts'
import { withColours } from './colours.ts'

/*
 * Everything that the command line shows leaves through here, so that nothing in it can act on a terminal.
 */

/** Write lines to stdout and wait while its reader is slower than we are. */
export async function writeLines(lines: readonly string[]): Promise<void> {
  if (lines.length === 0) return
  if (process.stdout.write(`${withColours(lines.join('\n'), plainText)}\n`)) return
  await new Promise<void>(resolve => process.stdout.once('drain', () => resolve()))
}

/** A value as one line of JSON, for `writeLines`; it says what it said. */
export function jsonLine(value: unknown): string {
  return plainJson(JSON.stringify(value))
}

/** What a shell shows for a key: that a line was given up, or the end of all of them. */
export function showKey(shown: '^C' | ''): void {
  process.stdout.write(`${shown}\n`)
}

/** A sentence on stderr, on a line of its own, without secrets. */
export function say(message: string): void {
  process.stderr.write(`${plainLine(scrub(message))}\n`)
}

/** A sentence in place of a bar at the foot of the terminal, which is drawn again below it. */
export function sayAbove(message: string, barIsShown: boolean): void {
  if (barIsShown) process.stderr.write('\r\u001B[K')
  say(message)
}

/** Some lines on stderr, without secrets. */
export function sayLines(text: string): void {
  process.stderr.write(`${plainText(scrub(text))}\n`)
}
