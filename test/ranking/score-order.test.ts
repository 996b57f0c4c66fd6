import fc from 'fast-check'
import { expect, test } from 'vitest'
import { scoreOrder } from '../../src/ranking/score-order.ts'

test('items stand by falling score, equal ones by slot, those of score 0 not at all', () => {
  const scores = [0, 2, -1, 5, 2, 0, -3]
  const order = scoreOrder(item => scores[item] ?? 0)
  order.restart(scores.length)
  const { items, above, size } = order.settled()
  expect([...items.subarray(0, above)]).toEqual([3, 1, 4])
  expect([...items.subarray(above, size)]).toEqual([2, 6])
})

test('however scores change, one by one or all at once, the order is that of sorting them', () => {
  const change = fc.record({ item: fc.nat(150), score: fc.integer({ min: -3, max: 6 }), all: fc.nat(60) })
  fc.assert(
    fc.property(fc.array(fc.array(change, { maxLength: 120 }), { maxLength: 12 }), rounds => {
      const scores: number[] = Array(151).fill(0)
      const order = scoreOrder(item => scores[item] ?? 0)
      for (const changes of rounds) {
        for (const { item, score, all } of changes) {
          scores[item] = score
          order.changed(item)
          if (all > 0) continue
          for (let k = 0; k < scores.length; k++) scores[k] = Math.trunc(scores[k]! / 2)
          order.restart(scores.length)
        }
        const wanted = scores.flatMap((score, item) => (score === 0 ? [] : [item]))
        wanted.sort((a, b) => scores[b]! - scores[a]! || a - b)
        const { items, above, size } = order.settled()
        expect([...items.subarray(0, size)]).toEqual(wanted)
        expect(above).toBe(scores.filter(score => score > 0).length)
      }
    }),
    { numRuns: 100, seed: 7 },
  )
})
