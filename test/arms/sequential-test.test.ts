import { expect, test } from 'vitest'
import { type ArmSample, differenceInterval, leastUsers, meanInterval } from '../../src/arms/sequential-test.ts'
import { seededRandom } from '../../src/state/random.ts'

/** Users come one by one, each to an arm by chance; what one brings is skewed, and nothing for half of them. */
function experiment(
  seed: number,
  users: number,
  { gain = 0, share = 0.5 },
  look: (a: ArmSample, b: ArmSample) => void,
) {
  const random = seededRandom(seed, 'experiment')
  const arms = [0, 1].map(() => ({ n: 0, mean: 0, squares: 0 }))
  const sample = ({ n, mean, squares }: (typeof arms)[number]): ArmSample => ({ n, mean, variance: squares / (n - 1) })
  for (let user = 0; user < users; user++) {
    const first = random.uniform() < share
    const arm = arms[first ? 0 : 1]!
    const brought = random.uniform() < 0.5 ? 0 : -Math.log(1 - random.uniform()) + (first ? 2 * gain : 0)
    arm.n++
    const moved = brought - arm.mean
    arm.mean += moved / arm.n
    arm.squares += moved * (brought - arm.mean)
    look(sample(arms[0]!), sample(arms[1]!))
  }
}

function everExcludesNothing(seed: number, users: number, setting: { gain?: number; share?: number }) {
  const found = { sequential: false, p: false, naive: false }
  experiment(seed, users, setting, (a, b) => {
    const { estimate, low, high, p } = differenceInterval(a, b)
    found.sequential ||= low > 0 || high < 0
    found.p ||= p <= 0.05
    const error = Math.sqrt(a.variance / a.n + b.variance / b.n)
    found.naive ||= Math.min(a.n, b.n) >= leastUsers && Math.abs(estimate) > 1.96 * error
  })
  return found
}

test('looking after every user excludes 0 in at most 5% of 500 experiments without a difference; a z-test does in a third', () => {
  const found = Array.from({ length: 500 }, (_, seed) => everExcludesNothing(seed, 3000, {}))
  // Two standard errors of a share of 5% among 500 are 2%.
  expect(found.filter(each => each.sequential).length / 500).toBeLessThan(0.07)
  expect(found.filter(each => each.naive).length / 500).toBeGreaterThan(0.3)
})

test('it holds as well where one arm has a tenth of the users', () => {
  const found = Array.from({ length: 500 }, (_, seed) => everExcludesNothing(seed, 3000, { share: 0.1 }))
  expect(found.filter(each => each.sequential).length / 500).toBeLessThan(0.07)
})

test('a real difference of a fifth is found in nine of ten experiments', () => {
  const found = Array.from({ length: 100 }, (_, seed) => everExcludesNothing(seed, 6000, { gain: 0.1 }))
  expect(found.filter(each => each.sequential).length / 100).toBeGreaterThan(0.9)
})

test('the interval covers a real difference at every look, in at least 95% of experiments', () => {
  let missed = 0
  for (let seed = 0; seed < 200; seed++) {
    let covered = true
    experiment(seed, 2000, { gain: 0.1 }, (a, b) => {
      const { low, high } = differenceInterval(a, b)
      covered &&= low <= 0.1 && 0.1 <= high
    })
    if (!covered) missed++
  }
  expect(missed / 200).toBeLessThan(0.08)
})

test('p is at most α exactly when the interval at α excludes 0', () => {
  experiment(3, 3000, { gain: 0.08 }, (a, b) => {
    const { low, high, p } = differenceInterval(a, b)
    expect(p <= 0.05).toBe(low > 0 || high < 0)
  })
})

test('the interval is tightest, for its number of users, near the number it is tuned for', () => {
  const width = (n: number, tuneFor: number) => {
    const { low, high } = differenceInterval({ n, mean: 1, variance: 1 }, { n, mean: 1, variance: 1 }, { tuneFor })
    return high - low
  }
  for (const other of [200, 800, 5000, 20_000]) expect(width(1000, 2000)).toBeLessThan(width(1000, other))
})

test('equal arms are mirror images, and one mean is treated like a difference', () => {
  const [a, b] = [
    { n: 900, mean: 4.2, variance: 9 },
    { n: 880, mean: 3.6, variance: 8 },
  ]
  const forth = differenceInterval(a, b)
  const back = differenceInterval(b, a)
  expect([forth.low, forth.high, forth.p]).toEqual([-back.high, -back.low, back.p])
  const mean = meanInterval(a)
  expect(mean.low + mean.high).toBeCloseTo(2 * 4.2, 10)
  expect(mean.low).toBeLessThan(4.2)
})

test('nothing is concluded from few users, or from users who all brought the same', () => {
  const few = { n: leastUsers - 1, mean: 100, variance: 1 }
  const many = { n: 5000, mean: 0, variance: 1 }
  for (const [a, b] of [
    [few, many],
    [many, few],
    [{ n: 0, mean: Number.NaN, variance: Number.NaN }, many],
    [
      { n: 80, mean: 0, variance: 0 },
      { n: 80, mean: 0, variance: 0 },
    ],
  ] as const)
    expect(differenceInterval(a, b)).toMatchObject({ low: -Infinity, high: Infinity, p: 1 })
})
