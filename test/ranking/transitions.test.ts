import fc from 'fast-check'
import { expect, test } from 'vitest'
import { itemTags } from '../../src/ranking/item-tags.ts'
import { channels, type Transitions, transitions } from '../../src/ranking/transitions.ts'

const start = (items: number, width: number) => {
  const tags = itemTags()
  const fading = { halfLife: Number.POSITIVE_INFINITY, latelyHalfLife: 10 }
  const after = transitions(tags, { width, reach: 20, fade: 0.85, back: 0.5, ...fading })
  const reset = (item: number) => {
    tags.reset(item)
    after.reset(item)
  }
  for (let item = 0; item < items; item++) reset(item)
  return { tags, after, reset }
}

/** Both directions, forward, both of late, times, by the item that goes with another. */
function rowOf(after: Transitions, item: number, items: number): Map<number, number[]> {
  const row = new Map<number, number[]>()
  for (let place = after.from(item); place < after.to(item); place++) {
    for (let other = 0; other < items; other++) {
      if (after.items[place] !== after.tag(other)) continue
      const weights = [...after.weights.subarray(place * channels, (place + 1) * channels)]
      weights[2]! *= after.latelyScale
      row.set(other, weights)
    }
  }
  return row
}

const newestFirst = (events: readonly number[], before: number) =>
  Int32Array.from(events.slice(Math.max(0, before - 25), before).toReversed())

test('with room for all it counts what a dense matrix would', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 60 }), events => {
      const { after } = start(7, 7)
      const both = Array.from({ length: 7 }, () => new Float64Array(7))
      const forward = both.map(row => row.slice())
      const lately = both.map(row => row.slice())
      const times = both.map(row => row.slice())
      for (const [n, item] of events.entries()) {
        const history = newestFirst(events, n)
        after.learn(history, history.length, item, n, 1)
        for (const row of lately) for (let k = 0; k < 7; k++) row[k]! *= 2 ** (-1 / 10)
        for (const [h, before] of history.slice(0, 20).entries()) {
          if (before === item) continue
          both[before]![item]! += 0.85 ** h
          both[item]![before]! += 0.5 * 0.85 ** h
          lately[before]![item]! += 0.85 ** h
          lately[item]![before]! += 0.5 * 0.85 ** h
          forward[before]![item]! += 0.85 ** h
          times[before]![item]! += 1
        }
      }
      for (let item = 0; item < 7; item++) {
        const row = rowOf(after, item, 7)
        for (let other = 0; other < 7; other++) {
          const expected = [both, forward, lately, times].map(of => of[item]![other]!)
          const actual = row.get(other) ?? [0, 0, 0, 0]
          for (let k = 0; k < channels; k++) expect(actual[k]).toBeCloseTo(expected[k]!, 3)
        }
      }
    }),
    { numRuns: 40 },
  )
})

test('keeps what is frequent in a bounded row, and never counts too high', () => {
  const { after } = start(50, 4)
  for (let n = 0; n < 200; n++) {
    after.learn(Int32Array.of(0), 1, 1, 0, 1)
    after.learn(Int32Array.of(0), 1, 2 + (n % 48), 0, 1)
  }
  const row = rowOf(after, 0, 50)
  expect(after.to(0) - after.from(0)).toBe(4)
  expect(row.get(1)![3]).toBeGreaterThan(100)
  expect(row.get(1)![3]).toBeLessThanOrEqual(200)
  for (const [item, weights] of row) if (item !== 1) expect(weights[3]).toBeLessThanOrEqual(5)
})

test('what went with an item is forgotten when either slot passes to another item', () => {
  const { after, reset } = start(3, 4)
  after.learn(Int32Array.of(0), 1, 1, 0, 1)
  after.learn(Int32Array.of(0), 1, 2, 0, 1)
  reset(1)
  expect([...rowOf(after, 0, 3).keys()]).toEqual([2])
  expect(rowOf(after, 1, 3).size).toBe(0)
  reset(0)
  expect(rowOf(after, 0, 3).size).toBe(0)
})

test('goes on after restore as if it had never stopped, bit for bit', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ item: fc.integer({ min: 0, max: 11 }), reset: fc.constantFrom(-1, -1, -1, 3, 5) }), {
        minLength: 20,
        maxLength: 120,
      }),
      fc.nat(100),
      (events, cut) => {
        let whole = start(12, 6)
        const never = start(12, 6)
        const items = events.map(event => event.item)
        for (const [n, event] of events.entries()) {
          if (n === cut) {
            const [tags, after] = [whole.tags.save(12), whole.after.save(12)]
            whole = start(0, 6)
            whole.tags.restore(tags)
            whole.after.restore(after)
          }
          for (const each of [whole, never]) {
            if (event.reset >= 0) each.reset(event.reset)
            const history = newestFirst(items, n)
            each.after.learn(history, history.length, event.item, n, 1)
          }
        }
        expect(whole.after.save(12)).toEqual(never.after.save(12))
      },
    ),
    { numRuns: 60 },
  )
})

test('the order of event time holds for what becomes known late', () => {
  const { after } = start(3, 4)
  // 0 at hour 0, 2 at hour 2, and then 1 at hour 1.
  after.learn(Int32Array.of(0), 1, 2, 2, 1)
  after.learn(Int32Array.of(0), 1, 1, 1, 1)
  after.learnBackwards(Int32Array.of(2), 1, 1, 1, 1)
  expect(rowOf(after, 1, 3).get(2)![1]).toBeGreaterThan(0)
  expect(rowOf(after, 2, 3).get(1)![1]).toBe(0)
})

test('what is against takes away from what there is, and never more', () => {
  const { after } = start(3, 4)
  after.learn(Int32Array.of(0), 1, 1, 0, 1)
  after.learn(Int32Array.of(0), 1, 1, 0, -0.25)
  expect(rowOf(after, 0, 3).get(1)![0]).toBeCloseTo(0.75)
  for (let n = 0; n < 9; n++) after.learn(Int32Array.of(0), 1, 1, 0, -1)
  after.learn(Int32Array.of(0), 1, 2, 0, -1)
  expect([...rowOf(after, 0, 3)].map(([item, weights]) => [item, weights[0], weights[3]])).toEqual([[1, 0, 1]])
})
