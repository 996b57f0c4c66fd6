import { expect, test } from 'vitest'
import { wasmMemory } from '../../../src/state/wasm/kernels.ts'
import { memoryColumns } from '../../../src/state/wasm/memory-columns.ts'

test('columns keep their numbers, and what lies before them is left alone, while they grow', () => {
  const memory = wasmMemory(1)
  new Uint8Array(memory.buffer).fill(9, 0, 32)
  const buffers: ArrayBuffer[] = []
  const { thin, wide } = memoryColumns(memory, 32, { thin: 1, wide: 30 }, buffer => buffers.push(buffer))
  for (let slot = 0; slot < 5_000; slot++) {
    thin.reserve(slot + 1)
    thin.data[slot] = slot
    for (let k = 0; k < 30; k++) wide.data[slot * 30 + k] = slot + k / 32
  }
  expect([...thin.save(5_000)]).toEqual(Array.from({ length: 5_000 }, (_, slot) => slot))
  expect([...wide.save(5_000)].every((value, at) => value === Math.floor(at / 30) + (at % 30) / 32)).toBe(true)
  expect(thin.data.subarray(5_000).every(value => value === 0)).toBe(true)
  expect(new Uint8Array(memory.buffer, 0, 32).every(value => value === 9)).toBe(true)
  expect(buffers.at(-1)).toBe(memory.buffer)
  expect(wide.at).toBe(wide.data.byteOffset)
})

test('columns are reset by slot and restored as they were saved', () => {
  const { first, second } = memoryColumns(wasmMemory(1), 0, { first: 1, second: 2 }, () => {})
  first.data.set([1, 2, 3])
  second.data.set([1, 2, 3, 4, 5, 6])
  const saved = second.save(3).slice()
  second.reset(1)
  expect([...second.save(3)]).toEqual([1, 2, 0, 0, 5, 6])
  const other = memoryColumns(wasmMemory(1), 0, { first: 1, second: 2 }, () => {})
  other.second.data.fill(8)
  other.second.restore(saved)
  expect([...other.second.save(4)]).toEqual([1, 2, 3, 4, 5, 6, 0, 0])
  expect([...first.save(3)]).toEqual([1, 2, 3])
})
