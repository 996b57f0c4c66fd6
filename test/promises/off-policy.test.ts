import { afterAll, beforeAll, expect, test } from 'vitest'
import { generateRatings } from '../../src/lab/simulate/world/generated-ratings.ts'
import { createPopulation, type Population } from '../../src/lab/simulate/world/population.ts'
import { worlds } from '../../src/lab/simulate/world/settings.ts'
import { type Backend, openBackend } from '../../src/nn/backend.ts'
import { runQuery } from '../../src/warehouse/sql/run-query.ts'
import { isLong } from '../long.ts'
import { type LoggedChoice, landChoices } from '../warehouse/choices.ts'
import { temporaryFolder } from '../warehouse/fixtures.ts'
import { logAgents } from './logged-agents.ts'
import { type LoggedWorld, type Logging, logWorld } from './logged-world.ts'

const folder = temporaryFolder()
const seeds = Array.from({ length: 10 }, (_, k) => k + 1)
let population: Population
let backend: Backend
beforeAll(async () => {
  backend = await openBackend()
  population = createPopulation(generateRatings(1))
})
afterAll(() => folder.remove())

interface Estimate {
  estimator: string
  /** Whether the truth lies in the interval in which users are independent, and in the narrower one in which rows are. */
  inside: boolean
  insideByRows: boolean
  error: number
  warning: string | null
}

const asked = (seed: number) => `
  SELECT ${seed} AS seed, of.estimator, of.estimate, of.low, of.high, of.standard_error, of.warning,
    CASE of.estimator WHEN 'ips' THEN by_rows.ips WHEN 'snips' THEN by_rows.snips WHEN 'doubly_robust' THEN by_rows.dr END
  FROM off_policy('target.${seed}') AS of, (
    SELECT ips_error(reward, target, logged) AS ips, snips_error(reward, target, logged) AS snips,
      doubly_robust_error(reward, target, logged, q, v) AS dr
    FROM off_policy_log('target.${seed}')) AS by_rows`

/** For every seed a world of its own, all in one warehouse: the truth against what the macros say from the log. */
async function estimates(name: string, logOf: (seed: number) => LoggedWorld): Promise<Estimate[]> {
  const truths = new Map<number, number>()
  const all: LoggedChoice[] = []
  for (const seed of seeds) {
    const { choices, truth } = logOf(seed)
    truths.set(seed, truth)
    for (const choice of choices) {
      const alternatives = { [`target.${seed}`]: choice.alternatives!['target']! }
      all.push({ ...choice, userId: `${seed}-${choice.userId}`, alternatives })
    }
  }
  const warehouse = await folder.open({ file: `${folder.root}/${name}.duckdb` })
  await landChoices(warehouse, all)
  const snapshot = await warehouse.snapshot()
  await warehouse.close()
  const sql = seeds.map(asked).join(' UNION ALL ')
  const { rows } = await runQuery({ snapshot, sql, limits: { memoryMb: 1024, seconds: 120 } })
  return rows.map(row => {
    const [seed, estimator, estimate, low, high, error, warning, errorByRows] = row as [number, string, ...number[]]
    const truth = truths.get(seed)!
    return {
      ...{ estimator, error: error!, warning: warning as unknown as string | null },
      inside: low! <= truth && truth <= high!,
      insideByRows: Math.abs(estimate! - truth) <= 1.96 * errorByRows!,
    }
  })
}

const byFormula = (logging: Logging) => (seed: number) =>
  logWorld({ population, settings: worlds.full, slots: 64, steps: 60, seed }, logging)

const of = (all: readonly Estimate[], estimator: string) => all.filter(each => each.estimator === estimator)
const times = (all: readonly Estimate[], estimator: string) => of(all, estimator).filter(each => each.inside).length
const timesByRows = (all: readonly Estimate[], estimator: string) =>
  of(all, estimator).filter(each => each.insideByRows).length
const meanError = (all: readonly Estimate[], estimator: string) =>
  of(all, estimator).reduce((sum, { error }) => sum + error / seeds.length, 0)

test('what people would watch under another policy lies in each interval, in at least 9 worlds of 10', async () => {
  const all = await estimates('softmax', byFormula({ kind: 'softmax', temperature: 0.3, uniform: 0.3 }))
  for (const estimator of ['ips', 'snips', 'doubly_robust']) {
    expect(times(all, estimator), estimator).toBeGreaterThanOrEqual(9)
    expect(timesByRows(all, estimator), `${estimator} by rows`).toBeGreaterThanOrEqual(9)
  }
  // The log's own policy brings much less: the estimates do more than repeat it.
  expect(times(all, 'on_log')).toBe(0)
  expect(meanError(all, 'doubly_robust')).toBeLessThan(meanError(all, 'ips'))
}, 600_000)

test('a log that hardly explores is told to be one, and its steady estimates hold all the same', async () => {
  const all = await estimates('greedy', byFormula({ kind: 'greedy', uniform: 0.1 }))
  for (const { estimator, warning } of all) {
    if (estimator !== 'on_log') expect(warning).toMatch(/^the effective sample size is only \d+ of 3840 rows/)
  }
  for (const estimator of ['snips', 'doubly_robust']) {
    expect(times(all, estimator), estimator).toBeGreaterThanOrEqual(9)
  }
  expect(meanError(all, 'snips')).toBeLessThan(meanError(all, 'ips') / 2)
}, 600_000)

test.runIf(isLong)(
  'one planning agent is estimated from what people did under another, while both learn',
  async () => {
    const options = { hidden: 8, state: 16, warmUp: 200, trainEvery: 128, batch: 64, memory: 4000 }
    const exploring = { from: 0.6, to: 0.6, steps: 1 }
    const all = await estimates('agents', seed =>
      logAgents({
        ...{ backend, population, seed, slots: 32, before: 20, steps: 40 },
        logger: { policy: 'myopic', options: { ...options, epsilon: exploring } },
        // As it is by default it shows a few items each: what chance shows of them in 1,280 rows is too little to say anything.
        target: { policy: 'ddpg-la', options: { draw: { random: 0.5, temperature: 0.3 }, sessionsFirst: 20 } },
      }),
    )
    for (const estimator of ['snips', 'doubly_robust']) {
      expect(times(all, estimator), estimator).toBeGreaterThanOrEqual(9)
    }
  },
  600_000,
)
