import { type Draws, differenceOf, type Interval, intervalOf, userBootstrap } from './bootstrap.ts'
import type { Curve, Experiment, TrialResult } from './experiment.ts'
import { inOrder, metricOf } from './metrics.ts'
import type { FinishedTrial } from './trial-store.ts'

/** What an experiment came to: means over seeds, by policy, the best policy first. Plain JSON. */
export interface Summary {
  experiment: string
  source: string
  seeds: number[]
  scores: Record<string, Record<string, number>>
  /** Standard deviation over seeds, of what was run with several. */
  deviation: Record<string, Record<string, number>>
  /** 95%, by bootstrap over users. */
  interval: Record<string, Record<string, Interval>>
  /** By how much a policy is above the best one, as 95% intervals over the same users; 0 within says that neither is better. */
  difference: Record<string, Record<string, Interval>>
  /** By name of the curve, then by policy; means over seeds. */
  curves: Record<string, Record<string, Curve>>
  notes: string[]
  /** Metrics that a table shows; default: all. */
  columns?: string[]
}

/**
 * Put finished trials together.
 *
 *     summarise(experiment, 'ml-100k', [1, 2, 3], finished).scores   // { 'ddpg-la-residual': { rmse: 0.93, … }, … }
 */
export function summarise(
  { name, columns }: Pick<Experiment, 'name' | 'columns'>,
  source: string,
  seeds: readonly number[],
  trials: readonly FinishedTrial[],
): Summary {
  const results = new Map<string, TrialResult[]>()
  for (const { policy, result } of trials) {
    for (const [each, one] of [[policy, result] as const, ...Object.entries(result.alongside ?? {})]) {
      results.set(each, [...(results.get(each) ?? []), one])
    }
  }
  const named = inOrder([...results.values()].flat().flatMap(result => Object.keys(result.metrics)))
  const rows = [...results].map(([policy, runs]) => ({ policy, runs, ...overSeeds(named, runs), draws: drawsOf(runs) }))
  const first = columns?.find(each => named.includes(each)) ?? named[0]
  if (first !== undefined) rows.sort((a, b) => compare(first, a.scores[first], b.scores[first]))
  const best = rows[0]?.draws ?? {}
  const table = <T>(pick: (row: (typeof rows)[number]) => Record<string, T>) =>
    Object.fromEntries(rows.map(row => [row.policy, pick(row)]).filter(([, values]) => Object.keys(values!).length > 0))
  return {
    experiment: name,
    source,
    seeds: [...seeds],
    scores: table(row => row.scores),
    deviation: table(row => row.deviation),
    interval: table(({ draws }) => mapped(draws, intervalOf)),
    difference: table(({ draws }) =>
      draws === best ? {} : mapped(draws, (values, metric) => differenceOf(values, best[metric]!), Object.keys(best)),
    ),
    curves: curvesOf(rows),
    notes: [...new Set(rows.flatMap(({ runs }) => runs.flatMap(({ notes }) => notes ?? [])))],
    ...(columns === undefined ? {} : { columns: [...columns] }),
  }
}

/** The metrics that a table of a summary shows, in its order. */
export function columnsOf({ scores, columns }: Pick<Summary, 'scores' | 'columns'>): string[] {
  const names = inOrder(Object.values(scores).flatMap(values => Object.keys(values)))
  return columns === undefined ? names : columns.filter(name => names.includes(name))
}

function drawsOf(runs: readonly TrialResult[]): Draws {
  const parts = runs.flatMap(({ perUser }) => (perUser === undefined ? [] : [perUser]))
  return parts.length === runs.length ? userBootstrap(parts) : {}
}

function mapped(
  draws: Draws,
  interval: (values: Float64Array, metric: string) => Interval,
  names = Object.keys(draws),
): Record<string, Interval> {
  return Object.fromEntries(names.flatMap(name => (draws[name] ? [[name, interval(draws[name], name)]] : [])))
}

function overSeeds(named: readonly string[], runs: readonly TrialResult[]) {
  const scores: Record<string, number> = {}
  const deviation: Record<string, number> = {}
  for (const name of named) {
    const values = runs.map(({ metrics }) => metrics[name]).filter(value => typeof value === 'number')
    if (values.length === 0) continue
    scores[name] = mean(values)
    if (values.length > 1) deviation[name] = Math.sqrt(squares(values) / (values.length - 1))
  }
  return { scores, deviation }
}

function curvesOf(rows: readonly { policy: string; runs: readonly TrialResult[] }[]): Summary['curves'] {
  const curves: Summary['curves'] = {}
  for (const { policy, runs } of rows) {
    for (const [name, first] of Object.entries(runs[0]!.curves ?? {})) {
      // Where nothing was looked at on the way there is nothing to show.
      if (first.x.length === 0) continue
      const alike = runs.map(({ curves }) => curves?.[name]).filter(curve => curve?.x.join() === first.x.join())
      const y = first.y.map((_, at) => mean(alike.map(curve => curve!.y[at] ?? Number.NaN)))
      const policies = (curves[name] ??= {})
      policies[policy] = { ...first, y }
    }
  }
  return curves
}

function compare(metric: string, a: number | undefined, b: number | undefined): number {
  if (a === undefined || b === undefined) return (a === undefined ? 1 : 0) - (b === undefined ? 1 : 0)
  return metricOf(metric).higherIsBetter ? b - a : a - b
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

function squares(values: readonly number[]): number {
  const centre = mean(values)
  return values.reduce((sum, value) => sum + (value - centre) ** 2, 0)
}
