import { expect, test } from 'vitest'
import { Hash64 } from '../../src/state/hash.ts'

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
