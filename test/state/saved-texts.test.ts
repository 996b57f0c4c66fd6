import fc from 'fast-check'
import { expect, test } from 'vitest'
import { savedTexts, textsOf } from '../../src/state/saved-texts.ts'

test('texts of any kind are there again', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme-composite' })), texts => {
      expect(textsOf(savedTexts(texts))).toEqual(texts)
    }),
  )
  expect(savedTexts(['a', '', 'é'])).toEqual({ lengths: Int32Array.of(1, 0, 2), text: Uint8Array.of(97, 195, 169) })
})
