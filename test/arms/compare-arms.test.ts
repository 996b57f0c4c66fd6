import { expect, test } from 'vitest'
import { compareArms } from '../../src/arms/compare-arms.ts'
import { differenceInterval } from '../../src/arms/sequential-test.ts'

const a = { arm: 'a', n: 900, mean: 4.2, variance: 9 }
const b = { arm: 'b', n: 880, mean: 3.6, variance: 8 }
const c = { arm: 'c', n: 400, mean: 4.1, variance: 9 }

test('without a control the arm that is ahead is what the others are compared with', () => {
  const { reference, comparisons, alphaEach } = compareArms([b, a])
  expect(reference).toBe('a')
  expect(alphaEach).toBe(0.05)
  expect(comparisons).toEqual([{ arm: 'b', to: 'a', ...differenceInterval(b, a), usersToDecide: 0 }])
})

test('with a control each other arm is compared with it', () => {
  const { reference, comparisons, alphaEach } = compareArms([a, b, c], { control: 'b' })
  expect(reference).toBe('b')
  expect(alphaEach).toBe(0.025)
  expect(comparisons.map(({ arm, to }) => [arm, to])).toEqual([
    ['a', 'b'],
    ['c', 'b'],
  ])
})

test('several arms share α: wider intervals, larger p', () => {
  const two = compareArms([a, b]).comparisons[0]!
  const three = compareArms([a, b, c]).comparisons.find(({ arm }) => arm === 'b')!
  expect(three.high - three.low).toBeGreaterThan(two.high - two.low)
  expect(three.p).toBeGreaterThan(two.p)
  expect(three.high < 0).toBe(three.p <= 0.05)
})

test('an arm of few users cannot be the one that is ahead, and nothing is said of it', () => {
  const few = { arm: 'few', n: 20, mean: 9, variance: 1 }
  const { reference, comparisons } = compareArms([a, b, few])
  expect(reference).toBe('a')
  expect(comparisons.find(({ arm }) => arm === 'few')).toMatchObject({ low: -Infinity, p: 1, usersToDecide: null })
  expect(compareArms([few, { ...few, arm: 'other' }])).toMatchObject({ reference: null, comparisons: [] })
})

test('how many more users it takes is what then decides', () => {
  const { usersToDecide } = compareArms([a, c]).comparisons[0]!
  const times = 1 + usersToDecide! / (a.n + c.n)
  const then = compareArms([
    { ...a, n: a.n * times },
    { ...c, n: c.n * times },
  ]).comparisons[0]!
  expect(usersToDecide).toBeGreaterThan(0)
  expect(then.high).toBeLessThan(0)
  expect(then.high).toBeGreaterThan(-0.01)
  expect(compareArms([a, { ...a, arm: 'same' }]).comparisons[0]!.usersToDecide).toBeNull()
})
