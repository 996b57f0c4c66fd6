import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createHistories, type Histories } from '../../../src/predictors/ensemble/histories.ts'

const read = (histories: Histories, slot: number): [number, number][] => {
  const events: [number, number][] = []
  for (let e = histories.from(slot); e < histories.to(slot); e++) {
    events.push([histories.partners[e]!, histories.values[e * histories.width]!])
  }
  return events
}

test('hold the last events of each slot, oldest first, whatever comes and goes, and after being restored', () => {
  const action = fc.record({
    slot: fc.nat(5),
    kind: fc.constantFrom('push', 'push', 'push', 'push', 'reset', 'restart'),
  })
  fc.assert(
    fc.property(fc.array(action, { maxLength: 400 }), actions => {
      let histories = createHistories({ cap: 9, width: 2 })
      const plain: [number, number][][] = Array.from({ length: 6 }, () => [])
      for (let slot = 0; slot < 6; slot++) histories.reset(slot)
      for (const [n, { slot, kind }] of actions.entries()) {
        if (kind === 'push') {
          const at = histories.push(slot, n, 1)
          histories.values[at * 2] = n / 2
          plain[slot] = [...plain[slot]!, [n, n / 2] as [number, number]].slice(-9)
        } else if (kind === 'reset') {
          histories.reset(slot)
          plain[slot] = []
        } else {
          const saved = histories.save(6)
          histories = createHistories({ cap: 9, width: 2 })
          histories.restore(saved)
          expect(histories.save(6)).toEqual(saved)
        }
      }
      for (let slot = 0; slot < 6; slot++) expect(read(histories, slot)).toEqual(plain[slot])
    }),
  )
})

test('a slot with few events takes little room, one with many no more than the cap asks for', () => {
  const few = createHistories({ cap: 200, width: 1 })
  for (let slot = 0; slot < 10_000; slot++) {
    few.reset(slot)
    few.push(slot, 0, 1)
  }
  expect(few.partners.length).toBeLessThan(10_000 * 4 * 1.6)
  const many = createHistories({ cap: 200, width: 1 })
  many.reset(0)
  for (let n = 0; n < 100_000; n++) many.push(0, n, 1)
  expect(many.partners.length).toBeLessThanOrEqual(1024)
  expect(read(many, 0).map(([partner]) => partner)).toEqual(Array.from({ length: 200 }, (_, k) => 99_800 + k))
})

test('room that a slot gave back is used again', () => {
  const histories = createHistories({ cap: 50, width: 1 })
  for (let round = 0; round < 200; round++) {
    histories.reset(0)
    for (let n = 0; n < 60; n++) histories.push(0, n, 1)
  }
  expect(histories.partners.length).toBeLessThanOrEqual(1024)
})
