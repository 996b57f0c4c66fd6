import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import { type Code, i32, quad, repeat, sequence, type Variable, wasmFunction } from '../state/wasm/assembler.ts'
import { type WasmMemory, wasmKernels } from '../state/wasm/kernels.ts'

/** Columns that one pass over a row takes, and rows that go through it together. */
const [columns, rowsTogether] = [8, 4]

/**
 * Rows of a product, `together` at a time, from `into` to `end`: numbers of `a` stand `row` apart from row to row and `next` from
 * column to column, rows of `b` and of the product are `width` long, and `bEnd` is behind `b`; all in bytes.
 *
 * Every number is a sum over the columns of `a` in order, in 32 bits, as XNNPACK's is.
 */
const rowsOf = (together: number) =>
  wasmFunction(
    ['a', 'row', 'next', 'b', 'bEnd', 'width', 'into', 'end'],
    ({ a, row, next, b, bEnd, width, into, end }, locals) => {
      const [column, place, target] = locals('i32', 3) as [Variable, Variable, Variable]
      const [left, right, factor] = locals('v128', 3) as [Variable, Variable, Variable]
      const pointers = locals('i32', together)
      const sums = pointers.map(() => locals('v128', 2) as [Variable, Variable])
      const plus = (variable: Variable, by: Code): Code => variable.set(i32.add(variable.get, by))
      const addRow = (pointer: Variable, n: number): Code => {
        const [first, second] = sums[n]!
        return sequence(
          factor.set(quad.loadAll(pointer.get)),
          first.set(quad.add(first.get, quad.multiply(factor.get, left.get))),
          second.set(quad.add(second.get, quad.multiply(factor.get, right.get))),
          plus(pointer, next.get),
        )
      }
      const block = sequence(
        target.set(a.get),
        ...pointers.flatMap(pointer => [pointer.set(target.get), plus(target, row.get)]),
        ...sums.flat().map(sum => sum.set(quad.zero)),
        place.set(i32.add(b.get, column.get)),
        repeat(
          place,
          width.get,
          bEnd.get,
          sequence(left.set(quad.load(place.get)), right.set(quad.load(place.get, 16)), ...pointers.map(addRow)),
        ),
        target.set(i32.add(into.get, column.get)),
        ...sums.flatMap(([first, second]) => [
          quad.store(target.get, first.get),
          quad.store(target.get, second.get, 16),
          plus(target, width.get),
        ]),
      )
      const times = (value: Variable): Code => i32.multiply(value.get, i32.const(together))
      return repeat(
        into,
        times(width),
        end.get,
        sequence(column.set(i32.const(0)), repeat(column, 4 * columns, width.get, block), plus(a, times(row))),
      )
    },
  )

const kernelsIn = wasmKernels({ fourRows: rowsOf(rowsTogether), oneRow: rowsOf(1) })

/** A product, by where its matrices begin in memory, in bytes. */
interface Product {
  a: number
  b: number
  into: number
  /** Rows of the product; what is summed over, which is the rows of `b`; columns of both. */
  rows: number
  depth: number
  outputs: number
  /** `a` is [depth, rows]. */
  transposeA: boolean
}

/**
 * Products of matrices on the wasm backend, the first transposed or not, with the bits of XNNPACK's and without what that does
 * before: a packed copy of the second, and the transposed first.
 */
export interface WasmProducts {
  /** Whether there is anything to sum, and the columns go by eights. */
  fits(product: Pick<Product, 'rows' | 'depth' | 'outputs'>): boolean
  run(product: Product): void
}

export function wasmProducts(backend: BackendWasm): WasmProducts {
  const { memory } = (backend.wasm as unknown as { asm: { memory: WasmMemory } }).asm
  const { fourRows, oneRow } = kernelsIn(memory)
  return {
    fits: ({ rows, depth, outputs }) => outputs % columns === 0 && outputs > 0 && depth > 0 && rows > 0,
    run({ a, b, into, rows, depth, outputs, transposeA }) {
      const [row, next] = transposeA ? [4, 4 * rows] : [4 * depth, 4]
      const width = 4 * outputs
      const bEnd = b + depth * width
      const whole = rows - (rows % rowsTogether)
      const end = into + whole * width
      if (whole > 0) fourRows(a, row, next, b, bEnd, width, into, end)
      if (whole < rows) oneRow(a + whole * row, row, next, b, bEnd, width, end, into + rows * width)
    },
  }
}
