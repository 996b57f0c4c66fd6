import { expect, test } from 'vitest'
import { candidatesOf, rungsOf } from '../../../src/lab/tune/search.ts'
import type { Dimension } from '../../../src/lab/tune/space.ts'

const space: Dimension[] = [
  { name: 'gamma', choices: [0.8, 0.9] },
  { name: 'rate', min: 1e-4, max: 1e-2, scale: 'log' },
  { name: 'hidden', min: 8, max: 10, scale: 'integer' },
]
const how = { points: 3, seed: 1, trials: 50 }

test('begins with the defaults and draws within the ranges, each decade of a log scale alike', () => {
  const [first, ...drawn] = candidatesOf(space, { ...how, strategy: 'random', trials: 401 })
  expect(first).toEqual({ name: 'defaults', options: {} })
  expect(drawn).toHaveLength(400)
  let small = 0
  for (const { options } of drawn) {
    expect([0.8, 0.9]).toContain(options['gamma'])
    expect([8, 9, 10]).toContain(options['hidden'])
    expect(options['rate']).toBeGreaterThanOrEqual(1e-4)
    expect(options['rate']).toBeLessThanOrEqual(1e-2)
    if ((options['rate'] as number) < 1e-3) small += 1
  }
  expect(small / 400).toBeCloseTo(0.5, 1)
})

test('more trials add to those there are, another seed draws others', () => {
  const few = candidatesOf(space, { ...how, strategy: 'halving', trials: 5 })
  expect(candidatesOf(space, { ...how, strategy: 'halving', trials: 9 }).slice(0, 5)).toEqual(few)
  expect(candidatesOf(space, { ...how, strategy: 'halving', trials: 5, seed: 2 })[1]).not.toEqual(few[1])
})

test('a grid has every combination, ranges from end to end', () => {
  const grid = candidatesOf(space, { ...how, strategy: 'grid' })
  expect(grid).toHaveLength(1 + 2 * 3 * 3)
  expect(new Set(grid.map(({ options }) => options['rate']))).toEqual(new Set([undefined, 1e-4, 1e-3, 1e-2]))
  expect(new Set(grid.map(({ options }) => JSON.stringify(options))).size).toBe(19)
})

test('a grid that is larger than the trials allow is refused with its size', () => {
  expect(() => candidatesOf(space, { ...how, strategy: 'grid', trials: 17 })).toThrowError(
    expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringContaining('The grid has 18') }),
  )
})

test('an agent without options has its defaults alone', () => {
  expect(candidatesOf([], { ...how, strategy: 'random' })).toEqual([{ name: 'defaults', options: {} }])
})

test('halving keeps a third and gives it three times as much, at most twice, and leaves two or more to the end', () => {
  expect(rungsOf('halving', 18).map(({ share, count }) => [share.toFixed(3), count])).toEqual([
    ['0.111', 18],
    ['0.333', 6],
    ['1.000', 2],
  ])
  expect(rungsOf('halving', 100).map(({ count }) => count)).toEqual([100, 34, 12])
  expect(rungsOf('halving', 17).map(({ count }) => count)).toEqual([17, 6])
  expect(rungsOf('halving', 5).map(({ count }) => count)).toEqual([5])
  expect(rungsOf('halving', 1)).toEqual([{ share: 1, count: 1 }])
  expect(rungsOf('random', 18)).toEqual([{ share: 1, count: 18 }])
})
