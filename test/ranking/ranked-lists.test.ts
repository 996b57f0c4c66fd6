import { expect, test } from 'vitest'
import { type RankedLists, rankedLists } from '../../src/ranking/ranked-lists.ts'

const [width, minute] = [2, 60_000]
/** Three candidates, items 10, 11, 12, whose features are 1 to 6. */
const ranked = { candidates: [10, 11, 12], count: 3, features: Float64Array.of(1, 2, 3, 4, 5, 6), context: 1 }

function empty(room?: number): RankedLists {
  const lists = rankedLists(width, room)
  for (let item = 0; item < 20; item++) lists.resetItem(item)
  return lists
}

const copied = (lists: RankedLists, user: number, item: number, time: number, worth: number) => {
  const picked = lists.picked(user, item, time, worth)
  return picked === null ? null : { ...picked, features: [...picked.features.subarray(0, picked.count * width)] }
}

test('a pick is learned from the list that stood, as it was ranked then', () => {
  const lists = empty()
  lists.keep(0, 0, ranked)
  expect(copied(lists, 0, 11, minute, 1)).toEqual({
    ...{ features: [1, 2, 3, 4, 5, 6], count: 3, context: 1, place: 1, weight: 1 },
  })
  lists.keep(0, 2 * minute, { ...ranked, count: 1, context: 0 })
  expect(copied(lists, 0, 11, 3 * minute, 1)).toBeNull()
  expect(copied(lists, 0, 10, 3 * minute, 1)).toEqual({ features: [1, 2], count: 1, context: 0, place: 0, weight: 1 })
})

test.each<[string, number, number, number, number]>([
  ['of somebody who has no list', 1, 11, minute, 1],
  ['of what was no candidate', 0, 13, minute, 1],
  ['from before the list', 0, 11, -minute, 1],
  ['that is a wish against', 0, 11, minute, -0.5],
])('nothing is learned from an event %s', (_, user, item, time, worth) => {
  const lists = empty()
  lists.keep(0, 0, ranked)
  expect(lists.picked(user, item, time, worth)).toBeNull()
})

test('an item counts once as a step and once as a target, however often it comes', () => {
  const lists = empty()
  lists.keep(0, 0, ranked)
  const learned = [0.2, 0.2, 1, 1, 0.2].map((worth, n) => lists.picked(0, 11, n * minute, worth) !== null)
  expect(learned).toEqual([true, false, true, false, false])
})

test('no two lists in a row are learned from for one item, but for what comes of it', () => {
  const lists = empty()
  const learned = ([item, worth]: [number, number], n: number) => {
    lists.keep(0, n * minute, ranked)
    return lists.picked(0, item, n * minute, worth) !== null
  }
  const picks: [number, number][] = [
    [11, 0.2],
    [11, 0.2],
    [11, 1],
    [11, 1],
    [11, 0.2],
    [10, 0.2],
    [11, 0.2],
  ]
  expect(picks.map(learned)).toEqual([true, false, true, false, false, true, true])
})

test('all steps together count half of what targets do', () => {
  const lists = empty()
  let [targets, steps] = [0, 0]
  for (let n = 0; n < 2_000; n++) {
    lists.keep(0, n, ranked)
    const worth = n % 50 === 0 ? 1 : n % 2 === 0 ? 0.1 : 0.3
    const { weight } = lists.picked(0, 10 + (n % 3), n, worth)!
    if (worth === 1) targets += weight
    else steps += weight
  }
  expect(steps / targets).toBeGreaterThan(0.4)
  expect(steps / targets).toBeLessThan(0.6)
})

test('after two thousand lists one in four is learned from', () => {
  const lists = empty()
  let learned = 0
  for (let n = 0; n < 4_000; n++) {
    lists.keep(n, n, ranked)
    if (lists.picked(n, 11, n, 1) !== null) learned += 1
  }
  expect(learned).toBe(2_500)
})

test('while there is no room a new list waits until the oldest has stood for half an hour', () => {
  const lists = empty(4 * 6)
  for (let user = 0; user < 6; user++) lists.keep(user, user * minute, ranked)
  const stands = (users: number[], time: number) => users.map(user => lists.picked(user, 12, time, 1) !== null)
  expect(stands([0, 1, 2, 3, 4, 5], 10 * minute)).toEqual([true, true, true, true, false, false])
  lists.keep(6, 31 * minute, ranked)
  expect(stands([6], 32 * minute)).toEqual([true])
  expect(lists.picked(0, 11, 32 * minute, 1)).toBeNull()
  expect(lists.picked(1, 11, 32 * minute, 1)).not.toBeNull()
})

test('an item or a user that takes over a slot is not the one before', () => {
  const lists = empty()
  lists.keep(0, 0, ranked)
  lists.keep(1, 0, ranked)
  lists.resetItem(11)
  lists.resetUser(1)
  expect(lists.picked(0, 11, minute, 1)).toBeNull()
  expect(lists.picked(0, 12, minute, 1)).not.toBeNull()
  expect(lists.picked(1, 12, minute, 1)).toBeNull()
})

test('what is restored goes on as what was saved', () => {
  const lists = empty(4 * 6)
  for (let user = 0; user < 4; user++) lists.keep(user, user * minute, { ...ranked, context: user })
  lists.picked(2, 10, 5 * minute, 0.3)
  lists.picked(2, 11, 5 * minute, 1)
  const restored = rankedLists(width, 4 * 6)
  restored.restore(lists.save(20))
  for (const each of [lists, restored]) each.keep(5, 32 * minute, ranked)
  for (const [user, item, worth] of [
    ...[0, 1, 2, 3, 5].flatMap(who => [10, 11, 12].map(what => [who, what, 0.4] as const)),
    ...[2, 3].map(who => [who, 11, 1] as const),
  ]) {
    expect(copied(restored, user, item, 33 * minute, worth)).toEqual(copied(lists, user, item, 33 * minute, worth))
  }
})
