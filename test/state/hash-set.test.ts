import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Hash64 } from '../../src/state/hash.ts'
import { HashSet } from '../../src/state/hash-set.ts'

test('holds what was added and nothing else, as a Set of the keys does', () => {
  fc.assert(
    fc.property(fc.array(fc.string()), fc.array(fc.string()), (added, asked) => {
      const set = new HashSet(1)
      const hash = new Hash64()
      for (const key of added) {
        hash.begin().text(key)
        set.add(hash.high, hash.low)
      }
      expect(set.size).toBe(new Set(added).size)
      for (const key of [...added, ...asked]) {
        hash.begin().text(key)
        expect(set.has(hash.high, hash.low)).toBe(added.includes(key))
      }
    }),
  )
})

test('keeps a million like keys apart: no two hash to the same 64 bits, and the lanes are not one', () => {
  const set = new HashSet(1_000_000)
  const hash = new Hash64()
  const low = new Set<number>()
  for (let k = 0; k < 1_000_000; k++) {
    hash.begin().text(`event-${k}`)
    set.add(hash.high, hash.low)
    if (k < 100_000) low.add(hash.low)
  }
  expect(set.size).toBe(1_000_000)
  // Of 100,000 random 32-bit numbers about one pair is equal.
  expect(low.size).toBeGreaterThan(99_980)
})

test('where one text ends and the next begins makes a difference, and so does each bit of a number', () => {
  const hash = new Hash64()
  const seen = new Set<string>()
  const note = () => seen.add(`${hash.high}/${hash.low}`)
  hash.begin().text('ab').text('c')
  note()
  hash.begin().text('a').text('bc')
  note()
  hash.begin().text('abc')
  note()
  for (const value of [0, -0, 1, 1 + Number.EPSILON, 2 ** 53, Number.NaN]) {
    hash.begin().number(value)
    note()
  }
  expect(seen.size).toBe(9)
})

test('a hash of zeros is a key like any other', () => {
  const set = new HashSet()
  set.add(0, 0)
  set.add(0, 0)
  expect(set.size).toBe(1)
})
