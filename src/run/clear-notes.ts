import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Layout } from './layout.ts'
import { coverInRunLog } from './run-log.ts'

/** What is noted of a run and of what was asked in it, beside the tables. */
export type Notes = Pick<Layout, 'runLog' | 'sqlHistory'>

/** Of a run, and of those that run a role of it. */
const runLogs = /^run(-[a-z0-9-]+)?\.log$/

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
    'run.log': runLogsBeside(runLog).reduce(
      (sum, file) => sum + coverInRunLog(file, find, what === 'clear' ? 'cover' : 'count'),
      0,
    ),
    'sql-history': clearHistory(sqlHistory, what),
  }
}

function runLogsBeside(runLog: string): string[] {
  const folder = dirname(runLog)
  const others = existsSync(folder) ? readdirSync(folder).filter(name => runLogs.test(name)) : []
  return [...new Set([runLog, ...others.map(name => join(folder, name))])]
}

function clearHistory(file: string, what: 'clear' | 'count'): number {
  if (!existsSync(file)) return 0
  const statements = readFileSync(file, 'utf8').split('\n').filter(Boolean).length
  if (what === 'clear') rmSync(file)
  return statements
}
