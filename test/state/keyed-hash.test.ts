import { expect, test } from 'vitest'
import { KeyedHash } from '../../src/state/keyed-hash.ts'

test('keeps like keys apart: no two hash to the same 64 bits, and the halves are not one', () => {
  const hash = new KeyedHash('9f86d081884c7d65')
  const [all, low] = [new Set<string>(), new Set<number>()]
  for (let k = 0; k < 100_000; k++) {
    hash.begin().text(`event-${k}`).end()
    all.add(`${hash.high}/${hash.low}`)
    low.add(hash.low)
  }
  expect(all.size).toBe(100_000)
  // Of 100,000 random 32-bit numbers about one pair is equal.
  expect(low.size).toBeGreaterThan(99_980)
})

test('another key gives other hashes', () => {
  const of = (key: string) => new KeyedHash(key).begin().text('ada').number(3).end()
  const [first, again, other] = [of('0000000000000001'), of('0000000000000001'), of('0000000000000002')]
  expect([first.high, first.low]).toEqual([again.high, again.low])
  expect(first.high === other.high || first.low === other.low).toBe(false)
})

test('where one text ends and the next begins makes a difference, and so does each bit of a number', () => {
  const hash = new KeyedHash('9f86d081884c7d65')
  const seen = new Set<string>()
  const note = () => seen.add(JSON.stringify([hash.end().high, hash.low]))
  hash.begin().text('ab').text('c')
  note()
  hash.begin().text('a').text('bc')
  note()
  hash.begin().text('abc')
  note()
  hash.begin().text('')
  note()
  for (const value of [0, -0, 1, 1 + Number.EPSILON, 2 ** 53, Number.NaN]) {
    hash.begin().number(value)
    note()
  }
  expect(seen.size).toBe(10)
})
