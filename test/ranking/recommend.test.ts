import fc from 'fast-check'
import { expect, test } from 'vitest'
import { drawList, drawThompson } from '../../src/ranking/explore.ts'
import { topList } from '../../src/ranking/top-list.ts'
import { seededRandom } from '../../src/state/random.ts'

test('the top list is what sorting everything would give', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 6 }), fc.array(fc.integer({ min: 0, max: 15 })), (capacity, events) => {
      const scores = new Float64Array(16)
      const top = topList(capacity, item => scores[item]!)
      for (let item = 0; item < 16; item++) top.reset(item)
      for (const [n, item] of events.entries()) {
        scores[item]! += 1 + n / 1000
        top.changed(item)
      }
      // Equal scores may stand in either order, so the scores are compared.
      const expected = [...scores].filter(score => score > 0).sort((a, b) => b - a)
      const actual = Array.from({ length: top.size }, (_, place) => scores[top.at(place)]!)
      expect(actual).toEqual(expected.slice(0, capacity))
      expect(new Set(Array.from({ length: top.size }, (_, place) => top.at(place))).size).toBe(top.size)
    }),
  )
})

test('an item whose slot was reset leaves the top list', () => {
  const scores = [3, 2, 1]
  const top = topList(3, item => scores[item]!)
  for (const item of [0, 1, 2]) top.reset(item)
  for (const item of [0, 1, 2]) top.changed(item)
  top.reset(1)
  expect([top.size, top.at(0), top.at(1)]).toEqual([2, 0, 2])
})

test('a top list goes on after restore as if it had never stopped, with items that were not in it', () => {
  const scores = Float64Array.from({ length: 200 }, (_, item) => 200 - item)
  const stopped = topList(3, item => scores[item]!)
  for (let item = 0; item < 200; item++) {
    stopped.reset(item)
    stopped.changed(item)
  }
  const again = topList(3, item => scores[item]!)
  again.restore(stopped.save(), 200)
  scores[180] = 500
  for (const top of [stopped, again]) {
    top.changed(180)
    expect([top.size, top.at(0), top.at(1), top.at(2)]).toEqual([3, 180, 0, 1])
  }
})

/** Candidates 0 … count − 1 without rules. */
const all = (count: number, length: number) => ({
  ...{ items: Array.from({ length: count }, (_, item) => item), count, length },
  ...{ places: null, span: 1 },
})
const exploring = (epsilon: number) => ({ epsilon, newItems: 0, isNew: () => false })

test('the propensities of a slot are those with which it is drawn', () => {
  const keys = [0.1, 0.9, 0.5, 0.3]
  const random = seededRandom(1, 'test')
  const runs = 20_000
  const shown = [0, 0, 0, 0]
  const stated = [0, 0, 0, 0]
  for (let n = 0; n < runs; n++) {
    const [first] = drawList(all(4, 1), keys, exploring(0.2), random)
    shown[first!.index]! += 1 / runs
    stated[first!.index] = first!.propensity
  }
  expect(stated).toEqual([0.05, 0.85, 0.05, 0.05].map(p => expect.closeTo(p, 12)))
  for (let k = 0; k < 4; k++) expect(Math.abs(shown[k]! - stated[k]!)).toBeLessThan(0.01)
})

test('inverse propensity weighting recovers what uniform lists would earn', () => {
  // Each item earns its own reward; the mean over items is 0.55.
  const rewards = [0.1, 0.9, 0.5, 0.7]
  const random = seededRandom(2, 'test')
  let estimate = 0
  for (let n = 0; n < 40_000; n++) {
    const [first] = drawList(all(4, 1), rewards, exploring(0.5), random)
    estimate += (rewards[first!.index]! * 0.25) / first!.propensity / 40_000
  }
  expect(Math.abs(estimate - 0.55)).toBeLessThan(0.02)
})

test('a list has no item twice and is as long as it can be', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ noNaN: true }), { maxLength: 12 }),
      fc.integer({ min: 0, max: 15 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (keys, length, epsilon) => {
        const draws = drawList(all(keys.length, length), keys, exploring(epsilon), seededRandom(3, 'test'))
        expect(draws).toHaveLength(Math.min(keys.length, length))
        expect(new Set(draws.map(({ index }) => index)).size).toBe(draws.length)
        for (const { propensity } of draws) {
          expect(propensity).toBeGreaterThanOrEqual(0)
          expect(propensity).toBeLessThanOrEqual(1)
        }
      },
    ),
  )
})

test('tastes drawn afresh show every slot with about the propensity that is stated', () => {
  const random = seededRandom(4, 'test')
  const means = [0, 0.5, 1, -1]
  const judge = (keys: Float64Array) => {
    for (let k = 0; k < 4; k++) keys[k] = means[k]! + random.normal()
  }
  const runs = 2_000
  const shown = [0, 0, 0, 0]
  const stated = [0, 0, 0, 0]
  for (let n = 0; n < runs; n++) {
    const [first] = drawThompson(all(4, 1), judge, 50)
    shown[first!.index]! += 1 / runs
    stated[first!.index]! += first!.propensity
  }
  for (let k = 0; k < 4; k++) {
    const mean = stated[k]! / (shown[k]! * runs)
    expect(Math.abs(mean - shown[k]!)).toBeLessThan(0.04)
    expect(stated[k]).toBeGreaterThan(0)
  }
})

test('a list of drawn tastes has no item twice and ends where candidates do', () => {
  const random = seededRandom(5, 'test')
  const draws = drawThompson(all(3, 5), keys => void keys.set([random.normal(), random.normal(), random.normal()]), 10)
  expect(draws.map(({ index }) => index).sort()).toEqual([0, 1, 2])
  expect(draws.at(-1)!.propensity).toBe(1)
})

test('a share of the slots is for new items, with the propensity that is stated', () => {
  const keys = [0.1, 0.9, 0.5, 0.3]
  const random = seededRandom(6, 'test')
  const runs = 20_000
  const shown = [0, 0, 0, 0]
  const stated = [0, 0, 0, 0]
  for (let n = 0; n < runs; n++) {
    const [first] = drawList(all(4, 1), keys, { epsilon: 0.2, newItems: 0.3, isNew: item => item >= 2 }, random)
    shown[first!.index]! += 1 / runs
    stated[first!.index] = first!.propensity
  }
  expect(stated).toEqual([0.035, 0.595, 0.185, 0.185].map(p => expect.closeTo(p, 12)))
  for (let k = 0; k < 4; k++) expect(Math.abs(shown[k]! - stated[k]!)).toBeLessThan(0.01)
})
