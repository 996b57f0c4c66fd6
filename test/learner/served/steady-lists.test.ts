import { expect, test } from 'vitest'
import { steadyLists } from '../../../src/learner/served/steady-lists.ts'

/** Lists of a shop of a hundred items, all wanted by as many people but number 7, which two want. */
function shop() {
  const steady = steadyLists({
    itemCount: () => 100,
    itemId: slot => `item-${slot}`,
    people: item => (item === 7 ? 2 : 50),
    users: () => 1_000,
  })
  for (let item = 0; item < 100; item++) steady.resetItem(item)
  let version = 0
  /** A version of so many lists; of every ten places, `moved` hold what the list before had not. */
  const versionOf = (moved: number, { item = -1, lists = 200 } = {}) => {
    for (let n = 0; n < lists; n++) {
      const first = [n % 90, (n + 1) % 90, item >= 0 && n % 5 === 0 ? item : (n + 2) % 90]
      steady.list(first, Math.floor(0.3 * moved * (n + 1)) - Math.floor(0.3 * moved * n))
    }
    version += 10_000
    steady.endVersion(version)
  }
  return { steady, versionOf }
}

test('lists that move much more than usual are told once, and are usual when that stays', () => {
  const { steady, versionOf } = shop()
  for (let n = 0; n < 8; n++) versionOf(3)
  expect(steady.unsteady).toBe(false)
  expect(steady.notices()).toEqual([])
  versionOf(9)
  expect(steady.unsteady).toBe(true)
  versionOf(9)
  expect(steady.notices()).toEqual([
    expect.stringMatching(/^Version 90,000: 90% of the first three places of lists changed .*, 30% usually\./),
  ])
  for (let n = 0; n < 16; n++) versionOf(9)
  expect(steady.unsteady).toBe(false)
  expect(steady.notices()).toEqual([])
})

test('an item in many lists that few people want is told once for as long as it stands there', () => {
  const { steady, versionOf } = shop()
  versionOf(3, { item: 7 })
  versionOf(3, { item: 7 })
  expect(steady.notices()).toEqual([
    expect.stringMatching(/^Version 10,000: "item-7" stands among the first three of 23% of the lists/),
  ])
  versionOf(3, { item: 8 })
  expect(steady.notices()).toEqual([])
  versionOf(3, { item: 7 })
  expect(steady.notices()).toHaveLength(1)
})

test('versions with few lists are counted together with the next', () => {
  const { steady, versionOf } = shop()
  for (let n = 0; n < 8; n++) versionOf(3)
  versionOf(9, { lists: 20 })
  expect(steady.unsteady).toBe(false)
  versionOf(9, { lists: 80 })
  expect(steady.unsteady).toBe(true)
})

test('restored in the middle of a version, it goes on alike', () => {
  const first = shop()
  for (let n = 0; n < 8; n++) first.versionOf(3)
  for (let n = 0; n < 150; n++) first.steady.list([7, 8, 9], 3)
  const again = shop().steady
  again.restore(first.steady.save(100))
  for (const each of [first.steady, again]) each.endVersion(90_000)
  expect(again.save(100)).toEqual(first.steady.save(100))
  expect(again.notices()).toEqual(first.steady.notices())
  expect(again.unsteady).toBe(true)
})
