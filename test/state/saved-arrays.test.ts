import { expect, test } from 'vitest'
import { copies } from '../../src/state/saved-arrays.ts'

test('copies take the memory of what is not needed any more, where it has room', () => {
  const first = copies({ a: Float64Array.of(1, 2, 3, 4), b: Int32Array.of(7) }, {})
  const memory = first['a']!.buffer
  const own = Float64Array.of(4, 5)
  const second = copies({ a: own, b: Int32Array.of(8, 9), c: Uint8Array.of(1) }, first)
  expect(second).toEqual({ a: Float64Array.of(4, 5), b: Int32Array.of(8, 9), c: Uint8Array.of(1) })
  expect(second['a']!.buffer).toBe(memory)
  own[0] = 0
  expect(second['a']![0]).toBe(4)
  const third = copies({ a: Float64Array.of(1, 2, 3, 4, 5) }, second)
  expect([third['a']!.buffer === memory, [...third['a']!]]).toEqual([true, [1, 2, 3, 4, 5]])
  const fourth = copies({ a: Float64Array.of(1, 2, 3, 4, 5, 6) }, third)
  expect([fourth['a']!.buffer === memory, [...fourth['a']!]]).toEqual([false, [1, 2, 3, 4, 5, 6]])
})

test('copies that are kept take no more memory than they need', () => {
  expect(copies({ a: Float64Array.of(1, 2, 3, 4) })['a']!.buffer.byteLength).toBe(32)
})
