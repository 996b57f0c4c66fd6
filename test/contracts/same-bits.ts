import { expect } from 'vitest'
import type { SavedArrays } from '../../src/state/saved-arrays.ts'

/** Every array by name and bit for bit, told by name where it differs. */
export function expectSameBits(actual: SavedArrays, expected: SavedArrays): void {
  expect(Object.keys(actual).sort()).toEqual(Object.keys(expected).sort())
  const bytes = (array: ArrayBufferView) => Buffer.from(array.buffer, array.byteOffset, array.byteLength)
  const different = Object.keys(expected).filter(name => !bytes(actual[name]!).equals(bytes(expected[name]!)))
  expect(different).toEqual([])
}
