import { existsSync, readFileSync, rmSync } from 'node:fs'
import type { Layout } from './layout.ts'
import { coverInRunLog } from './run-log.ts'

/** What is noted of a run and of what was asked in it, beside the tables. */
export type Notes = Pick<Layout, 'runLog' | 'sqlHistory'>

/**
 * Cover in the run's log what is found, and remove the history of the SQL shell, which may name people in other words than
 * their id; how much that is, by where.
 *
 *     clearNotes(layout, find, 'count')   // { 'run.log': 2, 'sql-history': 17 }: places, and statements
 */
export function clearNotes(
  { runLog, sqlHistory }: Notes,
  find: (bytes: Buffer) => Iterable<{ from: number; to: number }>,
  what: 'clear' | 'count',
): Record<string, number> {
  return {
    'run.log': coverInRunLog(runLog, find, what === 'clear' ? 'cover' : 'count'),
    'sql-history': clearHistory(sqlHistory, what),
  }
}

function clearHistory(file: string, what: 'clear' | 'count'): number {
  if (!existsSync(file)) return 0
  const statements = readFileSync(file, 'utf8').split('\n').filter(Boolean).length
  if (what === 'clear') rmSync(file)
  return statements
}
