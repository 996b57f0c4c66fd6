import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

const kept = 1_000

/**
 * Statements of earlier shells, newest first. The file is for its owner's eyes: queries name people.
 *
 *     readHistory('.recstream/shop/sql-history')   // ['select 2;', 'select 1;']
 */
export function readHistory(file: string): string[] {
  if (!existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean)
  const newest = lines.slice(-kept)
  if (lines.length > 2 * kept) writeFileSync(file, `${newest.join('\n')}\n`, { mode: 0o600 })
  return newest.reverse()
}

/** Remember a statement, on one line; where the pipeline has no folder here, nothing is. */
export function addToHistory(file: string, statement: string): void {
  if (!existsSync(dirname(file))) return
  appendFileSync(file, `${oneLine(statement)}\n`, { mode: 0o600 })
}

/** A statement of several lines on one; comments to a line's end would swallow what follows them. */
export function oneLine(statement: string): string {
  return statement
    .split('\n')
    .map(line => line.replace(/^\s*--.*$/, '').trim())
    .filter(Boolean)
    .join(' ')
}
