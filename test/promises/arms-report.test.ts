import { afterAll, beforeAll, expect, test } from 'vitest'
import { compareArms } from '../../src/arms/compare-arms.ts'
import { openPopulation } from '../../src/lab/simulate/open-population.ts'
import { builtInPolicies } from '../../src/lab/simulate/policies/built-in.ts'
import type { Population } from '../../src/lab/simulate/world/population.ts'
import { worlds } from '../../src/lab/simulate/world/settings.ts'
import { createWorld } from '../../src/lab/simulate/world/world.ts'
import { runQuery } from '../../src/warehouse/sql/run-query.ts'
import { event, noRows, temporaryFolder } from '../warehouse/fixtures.ts'

const folder = temporaryFolder()
afterAll(() => folder.remove())
const begins = Date.UTC(2024, 0, 1)
const day = 86_400_000
const days = 3
const slots = 80

interface Shown {
  arm: string
  userId: string
  /** When the person looked, and when watching ended, ms. */
  time: number
  ended: number
  reward: number
}

/** What people who are followed for three days do, each arm with people of its own, until all days are over. */
function shownBy(population: Population, arm: string, policyName: string, seed: number): Shown[] {
  const world = createWorld({ population, settings: { ...worlds.saturating, days: days + 0.2 }, slots, seed, begins })
  const policy = builtInPolicies[policyName]!(world, seed)
  const all: Shown[] = []
  for (let slot = 0; slot < slots; slot++) {
    while (world.generation(slot) === 0) {
      const time = world.time(slot)
      const item = policy.choose(slot)
      const { watch, time: ended } = world.show(slot, item)
      all.push({ arm, userId: `${arm}-${slot}`, time, ended, reward: watch })
    }
  }
  return all
}

let all: Shown[]
beforeAll(async () => {
  const population = await openPopulation()
  all = [
    ...shownBy(population, 'rating', 'rating', 1),
    ...shownBy(population, 'twin', 'rating', 2),
    ...shownBy(population, 'popularity', 'popularity', 3),
  ].sort((a, b) => a.ended - b.ended)
})

test('the arm that people get more from is found, and one that is its twin is not, at any look', async () => {
  const warehouse = await folder.open()
  const lists = [...new Map(all.toReversed().map(each => [each.userId, each])).values()].map((first, k) => ({
    ...{ recommendationId: `l-${k}`, userId: first.userId, time: begins, sequence: k + 1, partition: 0, offset: k },
    ...{ modelVersion: 0, short: null, policy: first.arm, arm: first.arm },
    items: [{ itemId: 'x', score: 0.5, propensity: 1, reason: '' }],
  }))
  await warehouse.commit({ ...noRows, recommendations: lists })
  let sequence = 0
  const found = { winner: false, twin: false }
  const last = { userId: 'clock', ended: begins + (days + 1) * day, reward: 0 }
  for (const look of [1, 2, days, days + 1]) {
    const until = begins + look * day
    const fresh = [...all, last].filter(({ ended }) => ended > until - day && ended <= until)
    const events = fresh.map(({ userId, ended, reward }) => event(++sequence, { userId, time: ended, reward }))
    await warehouse.commit({ ...noRows, events })
    // Short days at first, so that each look has complete users.
    const sql = `FROM arm_rewards(days := ${Math.min(look, days) - 0.1})`
    const { rows } = await runQuery({ snapshot: await warehouse.snapshot(), sql })
    const samples = rows.map(([arm, , , n, , mean, variance]) => ({
      ...{ arm: String(arm), n: Number(n), mean: Number(mean), variance: Number(variance) },
    }))
    expect(samples.map(({ n }) => n)).toEqual([slots, slots, slots])
    for (const { arm, low, high } of compareArms(samples, { control: 'rating' }).comparisons) {
      if (arm === 'popularity') found.winner ||= high < 0
      else found.twin ||= low > 0 || high < 0
    }
  }
  await warehouse.close()
  expect(found).toEqual({ winner: true, twin: false })
})
