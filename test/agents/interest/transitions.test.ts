import { beforeAll, expect, test } from 'vitest'
import { createHistory } from '../../../src/agents/interest/history.ts'
import { createTransitions, returnsOf } from '../../../src/agents/interest/transitions.ts'
import { openBackend } from '../../../src/nn/backend.ts'
import type { TensorFlow } from '../../../src/nn/tensorflow.ts'
import { seededRandom } from '../../../src/state/random.ts'
import { plainCatalogue } from '../plain-catalogue.ts'

let tf: TensorFlow
beforeAll(async () => {
  tf = (await openBackend()).tf
})

const minute = 60_000
const day = 1440 * minute

/** Happenings of one item each: user, minute of event time, item, reward. */
function remember(
  rows: readonly (readonly [user: number, minute: number, item: number, reward: number])[],
  capacity = 50,
) {
  const catalogue = plainCatalogue(10)
  const sizes = { positions: 2, hidden: 1, networks: 1 }
  const history = createHistory(catalogue, sizes)
  const memory = createTransitions(catalogue, history, { ...sizes, capacity })
  for (const [user, at, item, reward] of rows) {
    const time = at * minute
    history.look(user, time)
    const happening = history.add(user, { item, reward, like: 0, time, decided: time, propensity: 0 }, [() => {}])
    memory.add(user, happening, 0.5)
  }
  return { history, memory }
}

const once = { gamma: 0.5, steps: 2, scale: 1, awayDays: 1 }

test('returns are summed over what the same user was shown next, whoever came between', () => {
  const { memory } = remember([
    [0, 0, 1, 1],
    [1, 1, 5, 0.9],
    [0, 2, 2, 0.5],
    [0, 4, 3, 0],
  ])
  const { returns, discounts, last } = returnsOf(memory, Int32Array.of(0), once)
  expect([returns[0], discounts[0], last[0]]).toEqual([1 + 0.5 * 0.5, 0.25, 3])
})

test('what comes after time away is discounted by it, and a pause inside a session is none', () => {
  const { memory } = remember([
    [0, 0, 1, 0],
    [0, 19, 2, 1],
    [0, 19 + 1440, 3, 1],
  ])
  const { returns, discounts } = returnsOf(memory, Int32Array.of(0), once)
  expect(returns[0]).toBeCloseTo(0.5, 6)
  expect(discounts[0]).toBeCloseTo(0.25 * Math.exp(-1), 6)
})

test('only transitions with enough after them are drawn', () => {
  const { memory } = remember([
    [0, 0, 1, 0],
    [1, 0, 1, 0],
    [0, 1, 2, 0],
    [0, 2, 3, 0],
  ])
  const places = memory.sample(30, 2, seededRandom(1, 'draws'))
  expect(new Set(places)).toEqual(new Set([0]))
  expect(memory.sample(30, 3, seededRandom(1, 'draws')).length).toBe(0)
})

test('the items shown last are barred, no more of them than are counted', () => {
  const { memory } = remember([
    [0, 0, 1, 0],
    [0, 1, 2, 0],
    [0, 2, 3, 0],
    [0, 3, 4, 0],
  ])
  const row = memory.barred(tf, Int32Array.of(3), 2).dataSync()
  expect([...row].map((value, item) => (value < 0 ? item : -1)).filter(item => item >= 0)).toEqual([2, 3])
})

test('what a ring has overwritten is not looked back at', () => {
  const rows = Array.from({ length: 9 }, (_, k) => [0, k, k % 10, 0] as const)
  const { memory } = remember(rows, 4)
  expect(memory.held).toBe(4)
  expect([...memory.barred(tf, Int32Array.of(memory.placeOf(5)), 100).dataSync()].every(value => value === 0)).toBe(
    true,
  )
  expect(memory.placeOf(4)).toBe(-1)
})

test('a user who begins anew has no past', () => {
  const { history, memory } = remember([[0, 0, 1, 1]])
  history.reset(0)
  history.look(0, day)
  const happening = history.add(0, { item: 2, reward: 1, like: 0, time: day, decided: day, propensity: 0 }, [() => {}])
  memory.add(0, happening, 0)
  expect([happening.gap, happening.place, memory.next(0)]).toEqual([0, 0, -1])
})
