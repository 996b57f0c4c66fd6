import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Log } from '../../src/log/log.ts'
import { layoutOf } from '../../src/run/layout.ts'
import type { Connection } from '../../src/run/messages.ts'
import { openLog } from '../../src/run/open-log.ts'
import type { RunSummary } from '../../src/run/run-summary.ts'
import { type Ended, lastLine, recstream } from './command.ts'
import { type Columns, type Contents, tablesOf, topicsOfRun, withoutOffsets } from './contents.ts'
import { type Disturbance, type Disturbed, disturbedRun } from './disturb.ts'

export interface Run {
  /** Name of the pipeline. */
  name: string
  /** Path or name to start it by. */
  pipeline: string
  /** What to import; nothing without it. */
  source?: string
  data: string
  settings?: readonly string[]
  brokers?: readonly string[]
  dist?: string
}

/** What is left of a run: everything its tables and topics hold, and its last words. */
export interface Outcome {
  /** Name of the pipeline. */
  name: string
  contents: Contents
  columns: Columns
  summary: RunSummary
}

export function startArguments(run: Run): string[] {
  return [
    ...['start', run.pipeline, '--data', run.data, '--until-idle', '--json'],
    ...(run.source === undefined ? ['--no-import'] : ['--source', run.source]),
    ...(run.settings ?? []).flatMap(setting => ['--set', setting]),
    ...(run.brokers === undefined ? [] : ['--brokers', run.brokers.join(',')]),
  ]
}

export async function undisturbed(run: Run): Promise<Outcome> {
  const { ended } = recstream(startArguments(run), run.dist === undefined ? {} : { dist: run.dist })
  return outcomeOf(run, await ended)
}

export async function disturbed(run: Run, how: Disturbance): Promise<Outcome & { report: Disturbed }> {
  const report = await disturbedRun(startArguments(run), how)
  return { ...(await outcomeOf(run, report.ended)), report }
}

export async function outcomeOf(run: Run, ended: Ended): Promise<Outcome> {
  const summary = lastLine<RunSummary>(ended)
  const log = await openLogOf(run)
  const tables = await tablesOf(run.data, run.name)
  const topics = await topicsOfRun(log, run.name)
  await log.close()
  return { name: run.name, contents: { ...tables.contents, ...topics }, columns: tables.columns, summary }
}

/** What is comparable between two logs: all but offsets in the input log. */
export const comparable = ({ contents, columns }: Pick<Outcome, 'contents' | 'columns'>): Contents =>
  withoutOffsets(contents, columns)

/** The log that a run used. */
export function openLogOf(run: Run): Promise<Log> {
  const connection: Connection = run.brokers === undefined ? {} : { brokers: [...run.brokers] }
  return openLog(connection, layoutOf(run.data, run.name))
}

/** What must be equal in the last words of two runs; speeds and memory may differ. */
export function lasting({ summary }: Outcome) {
  const { eventsIn, eventsKept, rejected, sequences, recommendations, modelVersion, weightsSha256, scores, champion } =
    summary
  return { eventsIn, eventsKept, rejected, sequences, recommendations, modelVersion, weightsSha256, scores, champion }
}

/** A folder for one test, removed after it. */
export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'recstream-promise-'))
  try {
    return await work(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
