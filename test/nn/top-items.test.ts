import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openBackend } from '../../src/nn/backend.ts'
import { topItems } from '../../src/nn/top-items.ts'
import { availableBackends } from './available-backends.ts'

const { tf } = await openBackend('cpu')

describe.each(await availableBackends())('the best items on the %s backend', name => {
  test('are those that sorting all scores gives, the lower slot first among equals', async () => {
    await openBackend(name)
    // Small whole numbers, so that scores are exact and often equal.
    const vector = fc.tuple(fc.integer({ min: -2, max: 2 }), fc.integer({ min: -2, max: 2 }))
    const changes = fc.array(fc.tuple(fc.nat(20_000), fc.option(vector)), { maxLength: 40 })
    fc.assert(
      fc.property(changes, vector, fc.nat(12), fc.nat(6), (changes, user, count, remainder) => {
        const items = topItems(tf, { size: 2, capacity: 20_001 })
        const all = new Map<number, readonly [number, number]>()
        for (const [slot, vector] of changes) {
          if (vector === null) {
            items.remove(slot)
            all.delete(slot)
          } else {
            items.set(slot, vector)
            all.set(slot, vector)
          }
        }
        const skip = (slot: number) => slot % 7 === remainder
        const sorted = [...all]
          .filter(([slot]) => !skip(slot))
          .map(([slot, [x, y]]) => ({ slot, score: x * user[0] + y * user[1] }))
          .sort((a, b) => b.score - a.score || a.slot - b.slot)
          .slice(0, count)
        const best = items.top(user, count, skip)
        items.dispose()
        expect([...best.slots]).toEqual(sorted.map(({ slot }) => slot))
        expect([...best.scores].map(score => score + 0)).toEqual(sorted.map(({ score }) => score + 0))
      }),
      { numRuns: 30 },
    )
  })

  test('follow a vector that changes, and leave no tensor behind', async () => {
    await openBackend(name)
    const before = tf.memory().numTensors
    const items = topItems(tf, { size: 1, capacity: 10 })
    items.set(0, [1])
    items.set(4, [2])
    expect([...items.top([1], 1).slots]).toEqual([4])
    items.set(0, [3])
    expect([...items.top([1], 1).slots]).toEqual([0])
    items.dispose()
    expect(tf.memory().numTensors).toBe(before)
  })
})

test('a slot beyond the capacity is refused', () => {
  expect(() => topItems(tf, { size: 1, capacity: 10 }).set(10, [1])).toThrow('not below the capacity of 10')
})
