import { expect, test } from 'vitest'
import { i32, pair, repeat, sequence, wasmFunction } from '../../../src/state/wasm/assembler.ts'
import { wasmKernels, wasmMemory } from '../../../src/state/wasm/kernels.ts'

test('a function put together here adds, takes off and multiplies two numbers at a time', () => {
  const mixed = wasmFunction(['a', 'b', 'into'], ({ a, b, into }, locals) => {
    const [sum] = locals('v128', 1)
    return sequence(
      sum!.set(pair.add(pair.load(a.get), pair.loadBoth(b.get, 8))),
      pair.store(into.get, pair.subtract(pair.multiply(sum!.get, sum!.get), pair.loadFloats(b.get, 16))),
    )
  })
  const memory = wasmMemory(1)
  const numbers = new Float64Array(memory.buffer)
  numbers.set([1, 2, 0, 10])
  new Float32Array(memory.buffer).set([0.5, 0.25], 8)
  wasmKernels({ mixed })(memory).mixed(0, 16, 64)
  expect([...numbers.subarray(8, 10)]).toEqual([120.5, 143.75])
})

test('repeats as long as its variable is below the end, with numbers of more than a byte', () => {
  const fill = wasmFunction(['at', 'end', 'from'], ({ at, end, from }) =>
    repeat(at, 16, end.get, pair.store(at.get, pair.loadBoth(from.get))),
  )
  const memory = wasmMemory(100_000)
  const numbers = new Float64Array(memory.buffer)
  numbers[16_000] = 7
  wasmKernels({ fill })(memory).fill(800, 1_600, 128_000)
  expect(numbers.indexOf(7)).toBe(100)
  expect(numbers.lastIndexOf(7, 15_999)).toBe(199)
})

test('loads whole numbers, and multiplies them to places', () => {
  const copy = wasmFunction(['row', 'stride', 'into'], ({ row, stride, into }) =>
    pair.store(into.get, pair.load(i32.multiply(i32.load(row.get, 4), stride.get))),
  )
  const memory = wasmMemory(1)
  new Int32Array(memory.buffer)[1] = 3
  new Float64Array(memory.buffer).set([4, 5], 15)
  wasmKernels({ copy })(memory).copy(0, 40, 800)
  expect([...new Float64Array(memory.buffer, 800, 2)]).toEqual([4, 5])
})
