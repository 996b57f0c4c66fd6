import fc from 'fast-check'
import { expect, test } from 'vitest'
import { perUserSplit } from '../../../src/lab/experiment/split.ts'

test("each user's first events train, the rest test, both in order of time", () => {
  //                           row 0  1  2  3  4  5  6  7
  const user = Int32Array.from([0, 1, 0, 0, 2, 0, 0, 1])
  const { train, test: rest } = perUserSplit({ length: 8, user }, 0.8)
  expect([...train]).toEqual([0, 1, 2, 3, 5])
  expect([...rest]).toEqual([4, 6, 7])
})

test('every row is in one part, and ⌊share · n⌋ of each user train, before the rest', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(5)), fc.constantFrom(0, 0.5, 0.8, 1), (users, share) => {
      const { train, test: rest } = perUserSplit({ length: users.length, user: Int32Array.from(users) }, share)
      expect([...train, ...rest].sort((a, b) => a - b)).toEqual([...users.keys()])
      for (const user of users) {
        const rows = (part: Int32Array) => [...part].filter(row => users[row] === user)
        const all = users.filter(each => each === user).length
        expect(rows(train)).toHaveLength(Math.floor(share * all))
        expect([...rows(train), ...rows(rest)]).toEqual([...users.keys()].filter(row => users[row] === user))
      }
    }),
  )
})
