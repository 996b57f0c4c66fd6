import { type Code, i32, pair, repeat, sequence, type Variable, wasmFunction } from '../state/wasm/assembler.ts'
import { pageBytes, type WasmMemory, wasmKernels, wasmMemory } from '../state/wasm/kernels.ts'

/** Where numbers begin in a memory of WebAssembly, in bytes. */
interface Place {
  readonly at: number
}

/** Numbers there; `values` are read and written where they lie. */
export interface Numbers extends Place {
  readonly values: Float64Array
}

/** A matrix laid out for products with vectors: strips of eight rows, column by column, so that eight sums go on at once. */
export interface ForwardMatrix extends Place {
  /** Rows, made up to a multiple of eight with zeros: so long must a result be. */
  readonly rows: number
  /** Take weights of shape [inputs, outputs], as networks hold them. */
  load(weights: Float32Array): void
  readonly columns: number
}

/**
 * Room for the numbers of a network that serves, and products of them.
 *
 *     const { numbers, matrix, multiply } = forwardMemory()
 *     const layer = matrix(3, 5)
 *     const [input, result] = [numbers(3), numbers(layer.rows)]
 *     multiply(layer, input, result)   // result += weights · input
 *
 * `values` is another array once more was asked for, by whichever network.
 */
export interface ForwardMemory {
  numbers(length: number): Numbers
  matrix(inputs: number, outputs: number): ForwardMatrix
  /** Add a product to `result`; every sum runs over the columns in order, so its bits never change. */
  multiply(matrix: ForwardMatrix, vector: Place, result: Place): void
}

/** Rows of a strip. */
const tall = 8
const vectors = Array.from({ length: tall / 2 }, (_, n) => n)

/** Add the product of the strips from `values` on with `vector … vectorEnd` to `result … resultEnd`. */
const multiply = wasmFunction(
  ['values', 'vector', 'vectorEnd', 'result', 'resultEnd'],
  ({ values, vector, vectorEnd, result, resultEnd }, locals) => {
    const [column] = locals('i32', 1) as [Variable]
    const [x] = locals('v128', 1) as [Variable]
    const sums = locals('v128', vectors.length)
    const add = (sum: Variable, n: number): Code =>
      sum.set(pair.add(sum.get, pair.multiply(pair.load(values.get, 16 * n), x.get)))
    return repeat(
      result,
      8 * tall,
      resultEnd.get,
      sequence(
        column.set(vector.get),
        ...sums.map((sum, n) => sum.set(pair.load(result.get, 16 * n))),
        repeat(
          column,
          8,
          vectorEnd.get,
          sequence(
            x.set(pair.loadBoth(column.get)),
            ...sums.map(add),
            values.set(i32.add(values.get, i32.const(8 * tall))),
          ),
        ),
        ...sums.map((sum, n) => pair.store(result.get, sum.get, 16 * n)),
      ),
    )
  },
)

const kernelsIn = wasmKernels({ multiply })

type Taken = { at: number; length: number; values: Float64Array }

/** One memory for all networks of a thread, since each sets 10 GiB of addresses apart; what a network took stays taken. */
let memory: WasmMemory | null = null
let kernels: ReturnType<typeof kernelsIn> | null = null
let taken: WeakRef<Taken>[] = []
let used = 0

const grow = (bytes: number): void => {
  memory!.grow(Math.ceil(bytes / pageBytes))
  const live = taken.map(each => each.deref()).filter(each => each !== undefined)
  for (const each of live) each.values = new Float64Array(memory!.buffer, each.at, each.length)
  taken = live.map(each => new WeakRef(each))
}

export function forwardMemory(): ForwardMemory {
  memory ??= wasmMemory(pageBytes)
  const { multiply: multiplyIn } = (kernels ??= kernelsIn(memory))

  const numbers = (length: number): Numbers => {
    const at = used
    used += 16 * Math.ceil(length / 2)
    const room = memory!.buffer.byteLength
    if (used > room) grow(used - room)
    const made: Taken = { at, length, values: new Float64Array(memory!.buffer, at, length) }
    taken.push(new WeakRef(made))
    return made
  }
  return {
    numbers,
    matrix(inputs, outputs) {
      const rows = tall * Math.ceil(outputs / tall)
      const place = numbers(rows * inputs)
      return {
        rows,
        columns: inputs,
        at: place.at,
        load(weights) {
          const { values } = place
          for (let output = 0; output < outputs; output++) {
            const start = (output - (output % tall)) * inputs + (output % tall)
            for (let input = 0; input < inputs; input++)
              values[start + tall * input] = weights[input * outputs + output]!
          }
        },
      }
    },
    multiply({ at, rows, columns }, vector, result) {
      if (columns === 0 || rows === 0) return
      multiplyIn(at, vector.at, vector.at + 8 * columns, result.at, result.at + 8 * rows)
    },
  }
}
