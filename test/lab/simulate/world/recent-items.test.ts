import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createRecentItems } from '../../../../src/lab/simulate/world/recent-items.ts'

const [slots, items, length] = [2, 8, 3]
const pushes = fc.array(fc.record({ slot: fc.nat(slots - 1), item: fc.nat(items - 1), clear: fc.integer({ max: 30 }) }))

test('what is there is what a list of the last items holds, repeats and all, saved and restored too', () => {
  fc.assert(
    fc.property(pushes, list => {
      let recent = createRecentItems({ slots, items, length })
      const lists: number[][] = [[], []]
      for (const { slot, item, clear } of list) {
        if (clear === 0) {
          recent.clear(slot)
          lists[slot] = []
        }
        recent.push(slot, item)
        lists[slot] = [...lists[slot]!, item].slice(-length)
        const again = createRecentItems({ slots, items, length })
        again.restore(recent.save())
        recent = again
        for (const [at, own] of lists.entries()) {
          for (let each = 0; each < items; each++) expect(recent.has(at, each)).toBe(own.includes(each))
        }
      }
    }),
    { numRuns: 50 },
  )
})

test('of a length of nothing, nothing is there', () => {
  const recent = createRecentItems({ slots: 1, items: 2, length: 0 })
  recent.push(0, 1)
  expect(recent.has(0, 1)).toBe(false)
})
