import { expect, test } from 'vitest'
import { itemTokens } from '../../../src/ranking/item-tokens.ts'
import { ownTaste } from '../../../src/ranking/sources/own-taste.ts'

/** 600 items of six brands and two kinds; the higher the number, the more people want it. */
function shop() {
  const tokens = itemTokens(item => item)
  for (let item = 0; item < 600; item++) {
    tokens.reset(item)
    tokens.describe(item, [`brand=${item % 6}`, `kind=${item % 2}`])
    tokens.event(item, 1)
  }
  return tokens
}
const asked = (
  history: readonly number[],
  allowed: (item: number) => boolean = () => true,
  unwanted: readonly number[] = [],
) => ({
  ...{ user: 0, time: 0, held: history.length, history: Int32Array.from(history), allowed },
  ...{ unwanted: Int32Array.from(unwanted), unwantedHeld: unwanted.length },
})

test('the items come of what the user takes more often than others do', () => {
  const taste = ownTaste(shop())
  const found = new Int32Array(20)
  const count = taste.find(asked([3, 9, 15, 21, 28]), found, 20)
  const brands = [...found.subarray(0, count)].map(item => item % 6)
  expect(count).toBe(20)
  expect(brands.filter(brand => brand === 3).length).toBeGreaterThanOrEqual(10)
  expect(new Set(found).size).toBe(20)
  expect(taste.affinity(33)).toBeGreaterThan(taste.affinity(31))
  expect(taste.affinity(31)).toBeGreaterThan(taste.affinity(32))
})

test('nothing comes that is not allowed, and nothing where nothing is known', () => {
  const taste = ownTaste(shop())
  const found = new Int32Array(20)
  const count = taste.find(
    asked([3, 9, 15], item => item % 6 !== 3),
    found,
    20,
  )
  expect([...found.subarray(0, count)].filter(item => item % 6 === 3)).toEqual([])
  expect(taste.find(asked([]), found, 20)).toBe(0)
  expect(taste.find(asked([-1, -1]), found, 20)).toBe(0)
})

test('one event of a brand says less than five', () => {
  const taste = ownTaste(shop())
  taste.look(asked([3]))
  const once = taste.affinity(9)
  taste.look(asked([3, 9, 15, 21, 27]))
  expect(taste.affinity(33)).toBeGreaterThan(once)
})

test('what the user is against speaks against what is like it', () => {
  const taste = ownTaste(shop())
  const found = new Int32Array(20)
  const count = taste.find(
    asked([4, 10], () => true, [3, 9, 15]),
    found,
    20,
  )
  expect([...found.subarray(0, count)].filter(item => item % 6 === 3)).toEqual([])
  expect(taste.affinity(34)).toBeGreaterThan(0)
  expect(taste.affinity(33)).toBeLessThan(0)
  taste.find(
    asked([], () => true, [3, 9, 15]),
    found,
    20,
  )
  expect(taste.affinity(33)).toBeLessThan(taste.affinity(34))
})
