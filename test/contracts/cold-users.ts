import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ColdUsers } from '../../src/learner/users/cold-users.ts'

/** What any store of users who are not in memory must do; `open` gives an empty one, or another over the same place. */
export function coldUsersContract(open: () => ColdUsers): void {
  const bytes = (length: number, seed = 1) => Uint8Array.from({ length }, (_, k) => (seed * 31 + k * 7) & 255)
  const all = (cold: ColdUsers) => new Map(Array.from({ length: 40 }, (_, user) => [user, textOf(cold.get(user))]))
  const textOf = (held: Uint8Array | null) => (held === null ? null : Buffer.from(held).toString('base64'))

  test('gives back what was put, the newest of each user, until it is deleted', () => {
    const cold = open()
    expect(cold.get(3)).toBeNull()
    cold.put(3, bytes(10))
    cold.put(900, bytes(0))
    cold.put(3, bytes(20, 2))
    expect([...cold.get(3)!]).toEqual([...bytes(20, 2)])
    expect(cold.get(900)).toHaveLength(0)
    expect([cold.held, cold.has(3), cold.has(4)]).toEqual([2, true, false])
    cold.delete(3)
    cold.delete(4)
    expect([cold.held, cold.get(3)]).toEqual([1, null])
    cold.close()
  })

  test('keeps bytes that its caller changes afterwards, and any number of them', () => {
    const cold = open()
    const given = bytes(300_000)
    cold.put(0, given)
    given.fill(0)
    expect(Buffer.from(cold.get(0)!).equals(Buffer.from(bytes(300_000)))).toBe(true)
    cold.close()
  })

  test('whatever is done, what was saved is brought back as it was then, here and in another', () => {
    const act = fc.oneof(
      fc.record({ put: fc.nat(39), length: fc.nat(3000), seed: fc.nat(255) }),
      fc.record({ remove: fc.nat(39) }),
      fc.constantFrom('save', 'back', 'other', 'rewrite'),
    )
    fc.assert(
      fc.property(fc.array(act, { maxLength: 60 }), acts => {
        let cold = open()
        let saved = { arrays: structuredClone(cold.save()), users: all(cold) }
        const expected = new Map(all(cold))
        for (const each of acts) {
          if (typeof each === 'object' && 'put' in each) {
            cold.put(each.put, bytes(each.length, each.seed))
            expected.set(each.put, textOf(bytes(each.length, each.seed)))
          } else if (typeof each === 'object') {
            cold.delete(each.remove)
            expected.set(each.remove, null)
          } else if (each === 'save') saved = { arrays: structuredClone(cold.save()), users: all(cold) }
          else if (each === 'rewrite') cold.rewrite()
          else {
            if (each === 'other') {
              cold.close()
              cold = open()
            }
            cold.restore(saved.arrays)
            for (const [user, held] of saved.users) expected.set(user, held)
          }
          expect(all(cold)).toEqual(expected)
          expect(cold.held).toBe([...expected.values()].filter(held => held !== null).length)
        }
        cold.close()
      }),
      { numRuns: 40 },
    )
  })
}
