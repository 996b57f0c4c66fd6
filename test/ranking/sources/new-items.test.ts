import { expect, test } from 'vitest'
import { newItems } from '../../../src/ranking/sources/new-items.ts'

const request = {
  user: 0,
  time: 0,
  held: 0,
  unwanted: new Int32Array(0),
  unwantedHeld: 0,
  history: new Int32Array(0),
  allowed: () => true,
}
function started(count: number) {
  const fresh = newItems()
  for (let item = 0; item < count; item++) {
    fresh.reset(item)
    fresh.came(item)
  }
  return fresh
}
const found = (fresh: ReturnType<typeof newItems>, room = 4, allowed = (_: number) => true) => {
  const into = new Int32Array(room)
  return [...into.subarray(0, fresh.find({ ...request, allowed }, into, room))]
}

test('the newest come first, and of them what fewest lists have held', () => {
  const fresh = started(200)
  expect(found(fresh).slice(0, 2)).toEqual([199, 198])
  fresh.listed([199, 198])
  expect(found(fresh).slice(0, 2)).toEqual([197, 196])
})

test('every item has its turn, however many there are', () => {
  const fresh = started(3_000)
  const shown = new Set<number>()
  for (let list = 0; list < 3_000; list++) {
    const items = found(fresh)
    fresh.listed(items)
    for (const item of items) shown.add(item)
  }
  expect(shown.size).toBe(3_000)
})

test('what has had events, was in many lists or may not be shown is not offered', () => {
  const fresh = started(4)
  for (let k = 0; k < 5; k++) fresh.met(3)
  for (let k = 0; k < 50; k++) fresh.listed([2])
  expect(found(fresh)).toEqual([1, 0])
  expect(found(fresh, 4, item => item !== 1)).toEqual([0])
  expect([0, 1, 2, 3].map(fresh.isNew)).toEqual([true, true, false, false])
})

test('finding changes nothing, and what is saved goes on alike at another slot', () => {
  const fresh = started(10)
  fresh.listed([9, 8])
  expect(found(fresh)).toEqual(found(fresh))
  fresh.exchanged(7, 2)
  const again = newItems()
  again.restore(fresh.save(10))
  expect(found(again)).toEqual(found(fresh))
  expect(found(fresh)[0]).toBe(2)
})
