import { expect, test } from 'vitest'
import { losingArm } from '../../src/arms/guard.ts'
import type { ArmSample } from '../../src/arms/sequential-test.ts'
import { seededRandom } from '../../src/state/random.ts'

const arms = ['a', 'b', 'c']
const settings = { alpha: 0.05, minUsers: 100 }
const of = (n: number, mean: number): ArmSample => ({ n, mean, variance: 4 })

test('the arm that is surely worse than the best one is named, with why', () => {
  const loser = losingArm([of(900, 5), of(900, 4), of(900, 4.9)], [1, 1, 1], arms, settings)
  expect(loser).toMatchObject({ arm: 1, best: 0 })
  expect(loser!.reason).toMatch(
    /^its 900 users brought 4.000 each, the 900 of a 5.000; the difference lies from -1.\d{3} to -0.\d{3} at every look$/,
  )
})

test('of several, the one that is surest to be far behind', () => {
  expect(losingArm([of(900, 5), of(900, 4), of(900, 3)], [1, 1, 1], arms, settings)?.arm).toBe(2)
})

test.each([
  ['too few users', [of(900, 5), of(99, 1), of(900, 5)], [1, 1, 1]],
  ['a difference that may be chance', [of(150, 5), of(150, 4.7), of(150, 5)], [1, 1, 1]],
  ['an arm without a share', [of(900, 5), of(900, 1), of(900, 5)], [1, 0, 1]],
  ['nobody to lose against', [of(900, 5), of(900, 9), of(0, 0)], [1, 0, 1]],
])('%s is no reason', (_, samples, shares) => {
  expect(losingArm(samples, shares, arms, settings)).toBeNull()
})

test('among arms that are alike none is taken out, however often it is asked', () => {
  let taken = 0
  for (let run = 0; run < 60; run++) {
    const random = seededRandom(run, 'alike')
    const values: number[][] = [[], [], []]
    for (let k = 0; k < 1500; k++) {
      values[k % 3]!.push(random.normal())
      if (k % 30 !== 0) continue
      const samples = values.map(each => {
        const mean = each.reduce((sum, value) => sum + value, 0) / each.length
        return { n: each.length, mean, variance: each.reduce((s, v) => s + (v - mean) ** 2, 0) / (each.length - 1) }
      })
      if (losingArm(samples, [1, 1, 1], arms, settings) === null) continue
      taken += 1
      break
    }
  }
  expect(taken).toBeLessThanOrEqual(3)
})
