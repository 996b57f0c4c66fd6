import { expect, test } from 'vitest'
import { bytes, count, plural } from '../../src/records/words.ts'

test('numbers have commas and their nouns agree', () => {
  expect(count(41_200)).toBe('41,200')
  expect(plural(1, 'record')).toBe('1 record')
  expect(plural(2_000, 'query', 'queries')).toBe('2,000 queries')
})

test('sizes are in the unit that a person would choose', () => {
  expect([12, 3_500_000, 80 * 1024 ** 3].map(bytes)).toEqual(['12 bytes', '3.3 MiB', '80.0 GiB'])
})
