import fc from 'fast-check'
import { expect, test } from 'vitest'
import { exclusions, type ItemHash } from '../../src/ranking/exclusions.ts'
import { Hash64 } from '../../src/state/hash.ts'
import { copies } from '../../src/state/saved-arrays.ts'

const hash = new Hash64()
const item = (id: number | string): ItemHash => {
  const { high, low } = hash.begin().text(`i${id}`)
  return { high, low }
}

test('holds until its time, and for ever where that is what was noted', () => {
  const excluded = exclusions()
  excluded.note(0, item(1), 100)
  excluded.note(0, item(2), Number.POSITIVE_INFINITY)
  expect([99, 100].map(time => excluded.holds(0, item(1), time))).toEqual([true, false])
  expect(excluded.holds(0, item(2), Number.MAX_SAFE_INTEGER)).toBe(true)
  expect([excluded.holds(0, item(3), 0), excluded.holds(1, item(1), 0)]).toEqual([false, false])
})

test('the latest time stands', () => {
  const excluded = exclusions()
  for (const until of [100, 300, 200]) excluded.note(0, item(1), until)
  expect([299, 300].map(time => excluded.holds(0, item(1), time))).toEqual([true, false])
  expect(excluded.count(0)).toBe(1)
})

test('5,000 items of a user are all excluded, and no other one is', () => {
  const excluded = exclusions()
  for (let id = 0; id < 10_000; id += 2) excluded.note(3, item(id), Number.POSITIVE_INFINITY)
  const wrong = Array.from({ length: 10_000 }, (_, id) => id).filter(
    id => excluded.holds(3, item(id), 0) !== (id % 2 === 0),
  )
  expect([wrong, excluded.count(3)]).toEqual([[], 5_000])
})

/** The same, slow and plain. */
class Plain {
  notes = new Map<number, Map<number, number>>()
  of(user: number) {
    if (!this.notes.has(user)) this.notes.set(user, new Map())
    return this.notes.get(user)!
  }
  note(user: number, id: number, until: number) {
    this.of(user).set(id, Math.max(until, this.of(user).get(id) ?? until))
  }
}

const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.tuple(
      fc.constant('note' as const),
      fc.nat(5),
      fc.nat(40),
      fc.oneof(fc.nat(9), fc.constant(Number.POSITIVE_INFINITY)),
    ),
  },
  fc.tuple(fc.constant('reset' as const), fc.nat(5), fc.nat(0), fc.nat(0)),
  fc.tuple(fc.constant('merge' as const), fc.nat(5), fc.nat(5), fc.nat(0)),
  fc.tuple(fc.constant('save' as const), fc.nat(0), fc.nat(0), fc.nat(0)),
)

test('is exact whatever is noted, forgotten, merged and restored', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 800, size: 'max' }), steps => {
      let excluded = exclusions()
      const plain = new Plain()
      for (const [what, user, other, until] of steps) {
        if (what === 'note') {
          excluded.note(user, item(other), until)
          plain.note(user, other, until)
        } else if (what === 'reset') {
          excluded.reset(user)
          plain.notes.delete(user)
        } else if (what === 'merge') {
          excluded.merge(user, other)
          for (const [id, time] of [...plain.of(user)]) plain.note(other, id, time)
        } else {
          const saved = copies(excluded.save(6))
          excluded = exclusions()
          excluded.restore(saved)
          expect(excluded.save(6)).toEqual(saved)
        }
      }
      for (let user = 0; user < 6; user++) {
        expect(excluded.count(user)).toBe(plain.of(user).size)
        for (let id = 0; id < 100; id++) {
          const until = plain.of(user).get(id) ?? -1
          for (const time of [0, 4, 9]) expect(excluded.holds(user, item(id), time)).toBe(time < until)
        }
      }
    }),
    { numRuns: 25 },
  )
})
