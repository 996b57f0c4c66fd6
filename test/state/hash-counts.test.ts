import fc from 'fast-check'
import { expect, test } from 'vitest'
import { HashCounts } from '../../src/state/hash-counts.ts'
import { KeyedHash } from '../../src/state/keyed-hash.ts'

const hash = new KeyedHash('9f86d081884c7d65')

test('counts what was added and nothing else, as a Map of the keys does', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 2 })), fc.array(fc.string()), (added, asked) => {
      const counts = new HashCounts(1)
      for (const key of added) {
        hash.begin().text(key).end()
        counts.add(hash.high, hash.low)
      }
      expect(counts.size).toBe(new Set(added).size)
      for (const key of [...added, ...asked]) {
        hash.begin().text(key).end()
        expect(counts.of(hash.high, hash.low)).toBe(added.filter(each => each === key).length)
      }
    }),
  )
})

test('a hash of zeros is a key like any other', () => {
  const counts = new HashCounts()
  expect(counts.of(0, 0)).toBe(0)
  counts.add(0, 0)
  counts.add(0, 0)
  expect([counts.size, counts.of(0, 0)]).toEqual([1, 2])
})
