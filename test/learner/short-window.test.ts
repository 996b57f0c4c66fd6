import fc from 'fast-check'
import { expect, test } from 'vitest'
import { shortWindow } from '../../src/learner/short-window.ts'
import type { Vectors } from '../../src/learner/vectors.ts'
import { toBlocks } from './interest-stream.ts'

/** Records that hold their item number and a 1. */
const vectors: Vectors = {
  recordSize: 2,
  profileSize: 0,
  candidateSize: 0,
  record: (target, item) => target.set([item, 1]),
  profile: () => {},
  candidate: () => {},
}

test('moves on exactly as the window stage does, late events and equal times included', () => {
  const times = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 2, maxLength: 30 })
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), times, (positions, all) => {
      const events = all.map((time, k) => ({ user: 'a', item: String(k), time, reward: 0.5 }))
      const [block] = toBlocks(events, { shortLength: positions, size: 100 })
      const window = shortWindow(positions, vectors)
      let from = 0
      for (let k = 0; k < all.length; k++) {
        const expected = block!.shortItem
          .slice(from, from + block!.shortCount[k]!)
          .map(at => Number(block!.items[at]!.id))
        from += block!.shortCount[k]!
        expect(window.items).toEqual(expected)
        // Vectors stand in the same order, behind zeros that pad the front.
        const padding = Array.from({ length: positions - expected.length }, () => [0, 0])
        expect(window.vectors.map(vector => [...vector])).toEqual([...padding, ...expected.map(item => [item, 1])])
        const full = expected.length === positions
        const left = window.insert(k, all[k]!, 0.5, 0)
        expect(left).toBe(full)
        if (left) expect([...expected, k]).toContain(window.left.vector[0])
        if (left) expect(window.items).not.toContain(window.left.vector[0])
      }
    }),
  )
})
