import { expect, test } from 'vitest'
import { thrownText } from '../src/errors.ts'

test.each<[thrown: unknown, text: string]>([
  [new TypeError('x is not a function'), 'TypeError: x is not a function'],
  [new Error('first line\n  at somewhere\telse.'), 'Error: first line at somewhere else'],
  ['a text', 'a text'],
  [undefined, 'undefined'],
  [Object.create(null), 'something that is no text'],
  ['😀'.repeat(400), `${'😀'.repeat(299)}…`],
  [`a${' '.repeat(5_000)}b`, 'a…'],
])('what is thrown is told on one line of bounded length: %o', (thrown, text) => {
  expect(thrownText(thrown)).toBe(text)
})
