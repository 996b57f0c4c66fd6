import { afterEach, beforeEach, expect, test } from 'vitest'
import { seededRandom } from '../../src/state/random.ts'
import { runQuery } from '../../src/warehouse/sql/run-query.ts'
import { type LoggedChoice, landChoices } from './choices.ts'
import { type Folder, temporaryFolder } from './fixtures.ts'

let folder: Folder
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(() => folder.remove())

/** Ask a warehouse that holds these choices. */
async function ask(choices: readonly LoggedChoice[], sql: string): Promise<Record<string, unknown>[]> {
  const warehouse = await folder.open()
  await landChoices(warehouse, choices)
  const snapshot = await warehouse.snapshot()
  await warehouse.close()
  const { columns, rows } = await runQuery({ snapshot, sql })
  return rows.map(row => Object.fromEntries(row.map((value, k) => [columns[k]!.name, value])))
}

test('the aggregates are what the formulas say, over any columns', async () => {
  const [row] = await ask(
    [],
    `select ips(r, t, l), snips(r, t, l), doubly_robust(r, t, l, q, v), effective_sample_size(t, l) as ess, mean_weight(t, l) as mean,
       ips_error(r, t, l) as ips_error, snips_error(r, t, l) as snips_error, doubly_robust_error(r, t, l, q, v) as dr_error
     from (values (1.0, .8, .4, .5, .6), (0.5, .1, .4, .5, .6), (0.0, .3, .6, .2, .1)) as logged(r, t, l, q, v)`,
  )
  const values = Object.values(row!) as number[]
  // Weights 2, .25 and .5.
  expect(values[0]).toBeCloseTo((2 * 1 + 0.25 * 0.5) / 3, 12)
  expect(values[1]).toBeCloseTo((2 * 1 + 0.25 * 0.5) / 2.75, 12)
  expect(values[2]).toBeCloseTo((0.6 + 2 * 0.5 + 0.6 + 0.1 - 0.5 * 0.2) / 3, 12)
  expect(row!['ess']).toBeCloseTo(2.75 ** 2 / (4 + 0.0625 + 0.25), 12)
  expect(row!['mean']).toBeCloseTo(2.75 / 3, 12)
  const deviation = (xs: number[]) => {
    const mean = xs.reduce((a, b) => a + b) / xs.length
    return Math.sqrt(xs.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (xs.length - 1))
  }
  expect(row!['ips_error']).toBeCloseTo(deviation([2, 0.125, 0]) / Math.sqrt(3), 12)
  expect(row!['dr_error']).toBeCloseTo(deviation([1.6, 0.6, 0]) / Math.sqrt(3), 12)
  const s = 2.125 / 2.75
  const residuals = (2 * (1 - s)) ** 2 + (0.25 * (0.5 - s)) ** 2 + (0.5 * s) ** 2
  expect(row!['snips_error']).toBeCloseTo(Math.sqrt(residuals) / 2.75, 12)
})

test('a policy that is asked about itself gets the mean of its log', async () => {
  const [row] = await ask(
    [],
    `select ips(r, p, p), snips(r, p, p), doubly_robust(r, p, p, .5, .5), effective_sample_size(p, p), off_policy_warning(p, p)
     from (select range % 7 / 7 as r, .2 as p from range(1000))`,
  )
  const [ips, snips, robust, ess, warning] = Object.values(row!) as number[]
  expect(snips).toBeCloseTo(ips!, 12)
  expect(robust).toBeCloseTo(ips!, 12)
  expect(ess).toBeCloseTo(1000, 6)
  expect(warning).toBeNull()
})

test.each([
  [
    'few rows that count',
    '(select .9 as t, .9 as l from range(50))',
    /^the effective sample size is only 50 of 50 rows$/,
  ],
  [
    'hardly any row that counts',
    '(select .5 as t, .0005 as l from range(5) union all select .0001, .9 from range(50000))',
    /^the effective sample size is only 5 of 50005 rows; the mean weight is 0\.100, off 1 by more than 5%$/,
  ],
  [
    'nothing that counts',
    '(select 0 as t, .5 as l from range(500))',
    /^the log shows nothing that the target shows; the mean/,
  ],
  [
    'propensities that are none',
    '(select .5 as t, case when range = 7 then 0 else .5 end as l from range(500))',
    /^1 rows have no propensity in \(0, 1\]/,
  ],
  ['no rows', '(select .5 as t, .5 as l from range(0))', /^there are no rows$/],
])('%s: a warning says so', async (_, rows, warning) => {
  const [row] = await ask([], `select off_policy_warning(t, l) as warning from ${rows} as logged`)
  expect(row!['warning']).toMatch(warning)
})

/** Users of two kinds, five items; the logger prefers low items, the target high ones; a choice's reward is by chance. */
function bandit(seed: number, size: number): { choices: LoggedChoice[]; truth: number } {
  const random = seededRandom(seed, 'bandit')
  const logging = [0.4, 0.25, 0.15, 0.1, 0.1]
  const target = [0.05, 0.1, 0.15, 0.3, 0.4]
  const appeal = (kind: number, item: number) => (kind === 0 ? 0.2 + 0.1 * item : 0.7 - 0.05 * item)
  const draw = (chances: readonly number[]) => {
    let left = random.uniform()
    return Math.max(
      0,
      chances.findIndex(chance => (left -= chance) < 0),
    )
  }
  let truth = 0
  const choices = Array.from({ length: size }, (): LoggedChoice => {
    const user = random.integer(300)
    const item = draw(logging)
    for (const [each, chance] of target.entries()) truth += (chance * appeal(user % 2, each)) / size
    return {
      ...{ userId: `${seed}-user-${user}`, itemId: `item-${item}`, propensity: logging[item]! },
      reward: random.uniform() < appeal(user % 2, item) ? 1 : 0,
      alternatives: { [`agent.${seed}`]: { propensity: target[item]!, itemId: `item-${draw(target)}` } },
    }
  })
  return { choices, truth }
}

test('one arm is estimated from another’s lists: the truth lies in each interval, in at least nine seeds of ten', async () => {
  const logs = Array.from({ length: 10 }, (_, seed) => bandit(seed, 4000))
  const sql = logs.map((_, seed) => `select ${seed} as seed, * from off_policy('agent.${seed}')`).join(' union all ')
  const rows = await ask(
    logs.flatMap(({ choices }) => choices),
    sql,
  )
  expect(rows.slice(0, 4).map(row => row['estimator'])).toEqual(['doubly_robust', 'snips', 'ips', 'on_log'])
  const of = (name: string) => rows.filter(({ estimator }) => estimator === name) as Record<string, number>[]
  const meanError = (name: string) => of(name).reduce((sum, row) => sum + row['standard_error']! / 10, 0)
  for (const name of ['ips', 'snips', 'doubly_robust']) {
    const inside = of(name).filter(({ seed, low, high }) => low! <= logs[seed!]!.truth && logs[seed!]!.truth <= high!)
    expect(inside.length, name).toBeGreaterThanOrEqual(9)
    expect(of(name).map(row => row['warning'])).toEqual(Array.from({ length: 10 }, () => null))
  }
  expect(meanError('doubly_robust')).toBeLessThan(meanError('ips'))
})

test('only other arms’ answered lists count, unless an answer that never came is worth something', async () => {
  const alternatives = { b: { propensity: 0.5, itemId: 'x' } }
  const choices: LoggedChoice[] = [
    { userId: 'ann', itemId: 'x', arm: 'a', propensity: 0.5, reward: 0.8, alternatives },
    { userId: 'ann', itemId: 'y', arm: 'a', propensity: 0.5, reward: null, alternatives },
    { userId: 'bob', itemId: 'x', arm: 'b', propensity: 1, reward: 0.3, alternatives: { a: alternatives.b } },
    { userId: 'cid', itemId: 'x', arm: 'a', propensity: 1, reward: 0.1 },
  ]
  const sql = (more: string) => `select user_id, item_id, reward, target, logged, drawn_item_id
    from off_policy_log('b'${more}) order by user_id, item_id`
  const answered = { user_id: 'ann', item_id: 'x', reward: 0.8, target: 0.5, logged: 0.5, drawn_item_id: 'x' }
  expect(await ask(choices, sql(''))).toEqual([answered])
  folder.remove()
  folder = temporaryFolder()
  expect(await ask(choices, sql(', unanswered := 0'))).toEqual([answered, { ...answered, item_id: 'y', reward: 0 }])
})

test('the model of rewards never saw the user whom it speaks of', async () => {
  const choices = Array.from({ length: 40 }, (_, k): LoggedChoice => {
    const alternatives = { b: { propensity: 0.5, itemId: 'item' } }
    return { userId: `user-${k}`, itemId: 'item', propensity: 0.5, reward: k / 40, alternatives }
  })
  const rows = await ask(choices, `select user_id, reward, q, v, hash(user_id) % 2 as fold from off_policy_log('b')`)
  const mean = (fold: unknown) => {
    const others = rows.filter(row => row['fold'] !== fold).map(row => row['reward'] as number)
    return others.reduce((a, b) => a + b) / others.length
  }
  for (const { q, v, fold } of rows) {
    expect(q).toBeCloseTo(mean(fold), 10)
    expect(v).toBe(q)
  }
})

test('an arm that nobody was asked about has no rows, and that is said', async () => {
  const rows = await ask([], `from off_policy('nobody')`)
  expect(rows[0]).toMatchObject({ estimate: null, low: null, rows: 0, warning: 'there are no rows' })
})
