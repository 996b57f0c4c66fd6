import type { KeptResults, Result } from './kept-results.ts'
import type { Row } from './row.ts'

/** What a row came to. */
export interface RowReport {
  /** How many a whole run is to try. */
  wanted: number
  tried: number
  held: number
  seconds: number
  /** Why it was not tried. */
  skipped?: string
  /** Of each trial that did not hold, what differs. */
  differences?: Record<string, string[]>
}

export interface Report {
  build: string
  /** Everything that was tried held, and nothing was left out. */
  held: boolean
  rows: Record<string, RowReport>
}

/** Add up the results of each row's trials; `share` is the part of them that was asked for. */
export function reportOf(options: {
  rows: readonly (Row & { skipped?: string })[]
  kept: KeptResults
  build: string
  share: number
}): Report {
  const { rows, kept, build, share } = options
  const each = rows.map(row => [row.name, rowReport(row, kept)] as const)
  const held = each.every(([, { tried, held, wanted, skipped }]) => {
    return skipped === undefined && tried > 0 && held === tried && (share < 1 || tried >= wanted)
  })
  return { build, held, rows: Object.fromEntries(each) }
}

function rowReport({ name, trials, wanted, skipped }: Row & { skipped?: string }, kept: KeptResults): RowReport {
  if (skipped !== undefined) return { wanted, tried: 0, held: 0, seconds: 0, skipped }
  const results = trials.map(trial => kept.of(name, trial.name)).filter(result => result !== undefined)
  const sum = (number: (result: Result) => number) => results.reduce((total, result) => total + number(result), 0)
  const failed = results.filter(({ differences }) => differences.length > 0)
  return {
    wanted,
    tried: sum(({ tried }) => tried),
    held: sum(({ held }) => held),
    seconds: Math.round(sum(({ seconds }) => seconds)),
    ...(failed.length === 0
      ? {}
      : { differences: Object.fromEntries(failed.map(({ trial, differences }) => [trial, differences])) }),
  }
}

/**
 * Minutes that all trials of a row take one after another, by those of which it is known; null where it is of none.
 *
 *     minutesOf(kill, secondsBefore('.faults'))   // 31.5
 */
export function minutesOf(
  { name, trials }: Row,
  secondsOf: (row: string, trial: string) => number | undefined,
): number | null {
  const known = trials.map(trial => secondsOf(name, trial.name)).filter(seconds => seconds !== undefined)
  if (known.length === 0) return null
  const mean = known.reduce((sum, seconds) => sum + seconds, 0) / known.length
  return Math.round((mean * trials.length) / 6) / 10
}

/** A line a row, for a person. */
export function textOf({ build, held, rows }: Report): string {
  const lines = Object.entries(rows).map(([name, { wanted, tried, held, seconds, skipped }]) => {
    if (skipped !== undefined) return `  ${name.padEnd(14)} not tried: ${skipped}`
    const state = held < tried ? 'NOT HELD' : tried < wanted ? 'held so far' : 'held'
    return `  ${name.padEnd(14)} ${`${held} of ${tried}`.padStart(12)} held, ${wanted} wanted, ${seconds} s: ${state}`
  })
  return [`Build ${build}: ${held ? 'every row held' : 'not every row held'}`, ...lines].join('\n')
}
