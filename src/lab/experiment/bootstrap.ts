import { seededRandom } from '../../state/random.ts'
import type { TrialResult } from './experiment.ts'

export type PerUser = NonNullable<TrialResult['perUser']>
export type Interval = [low: number, high: number]

/** What a metric came to in each draw, by metric. */
export type Draws = Record<string, Float64Array>

/**
 * Metrics under the bootstrap over users (Efron 1979): users are drawn with replacement, with all their events, 1,000 times.
 *
 *     userBootstrap([{ events: [1, 1], sums: { mae: [0, 1] } }])   // { mae: 0 or .5 or 1 in each draw }
 *
 * Several runs (seeds) of one policy share each draw, and the metric is the mean over them. The same draws are made for
 * every policy of as many users, so that two can be compared draw by draw. A metric that is no mean over events has none.
 */
export function userBootstrap(runs: readonly PerUser[], { draws = 1000, seed = 1 } = {}): Draws {
  const users = runs[0]?.events.length ?? 0
  if (users === 0 || runs.some(run => run.events.length !== users)) return {}
  const names = metricsOf(runs[0]!).filter(name => runs.every(run => metricsOf(run).includes(name)))
  const found = names.map(() => new Float64Array(draws))
  const random = seededRandom(seed, 'bootstrap')
  const times = new Uint16Array(users)
  for (let draw = 0; draw < draws; draw++) {
    times.fill(0)
    for (let k = 0; k < users; k++) times[random.integer(users)]! += 1
    for (const [at, name] of names.entries()) {
      let mean = 0
      for (const run of runs) mean += metricFrom(run, name, times) / runs.length
      found[at]![draw] = mean
    }
  }
  return Object.fromEntries(names.map((name, at) => [name, found[at]!]))
}

/** The 95% percentile interval of draws. */
export function intervalOf(values: Float64Array): Interval {
  const sorted = values.filter(value => !Number.isNaN(value)).sort()
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!
  return [at(0.025), at(0.975)]
}

/** The 95% interval of by how much one policy is above another, both on the same users. */
export function differenceOf(values: Float64Array, others: Float64Array): Interval {
  return intervalOf(values.map((value, draw) => value - others[draw]!))
}

/** The metrics that the sums of a run can make. */
function metricsOf({ sums }: PerUser): string[] {
  const plain = Object.keys(sums).filter(name => !areaSums.includes(name as (typeof areaSums)[number]))
  return areaSums.every(name => name in sums) ? [...plain, 'auc'] : plain
}

const areaSums = ['aucPositives', 'aucNegatives', 'aucAbove', 'aucBelow'] as const

/** A metric when each user counts so many times. */
function metricFrom({ events, sums }: PerUser, name: string, times: ArrayLike<number>): number {
  if (name === 'auc') {
    const [positives, negatives, above, below] = areaSums.map(part => weighted(sums[part]!, times))
    // Linear in how often each user counts; the whole is the sum of its two halves less what they share.
    const half = sum(sums['aucAbove']!) / sum(sums['aucPositives']!)
    return above! / positives! + below! / negatives! - half
  }
  const mean = weighted(sums[name]!, times) / weighted(events, times)
  return name === 'rmse' || name === 'rmse01' ? Math.sqrt(mean) : mean
}

function weighted(values: readonly number[], times: ArrayLike<number>): number {
  let total = 0
  for (let k = 0; k < values.length; k++) total += values[k]! * times[k]!
  return total
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
