import { expect, test } from 'vitest'
import { copies, copiesInPieces, givenAway } from '../../src/state/saved-arrays.ts'

test('copies stay as they are when the arrays change, and take no more memory than they need', () => {
  const own = Float64Array.of(1, 2, 3, 4).subarray(1)
  const copied = copies({ a: own, b: Uint8Array.of(1) })
  own[0] = 0
  expect(copied).toEqual({ a: Float64Array.of(2, 3, 4), b: Uint8Array.of(1) })
  expect(copied['a']!.buffer.byteLength).toBe(24)
})

test('copies are made with a halt after every four megabytes', () => {
  const copying = copiesInPieces({ a: new Uint8Array(9 << 20).fill(7), b: Uint8Array.of(1) })
  let halts = 0
  let step = copying.next()
  for (; !step.done; step = copying.next()) halts += 1
  expect(halts).toBe(2)
  expect(step.value['a']!.every(each => each === 7)).toBe(true)
})

test('what a part gave away is not copied, once', () => {
  const arrays = givenAway({ a: Uint8Array.of(1) })
  expect(copies(arrays)['a']).toBe(arrays.a)
  expect(copies(arrays)['a']).not.toBe(arrays.a)
})
