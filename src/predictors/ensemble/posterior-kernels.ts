import { type Code, i32, pair, repeat, sequence, type Variable, wasmFunction } from '../../state/wasm/assembler.ts'
import { wasmKernels } from '../../state/wasm/kernels.ts'

/** Pairs of columns that are summed in one pass over the events: of the squares, and of the factors, which have two sums each. */
const [squarePairs, factorPairs] = [6, 3]
/** The columns that one pass takes. */
export const [squareColumns, factorColumns] = [2 * squarePairs, 2 * factorPairs]

const four = [0, 1, 2, 3] as const
const numbers = (length: number): number[] => Array.from({ length }, (_, k) => k)
const sumOf = (terms: readonly Code[]): Code => terms.reduce(pair.add)
const move = (pointer: Variable, bytes: number): Code => pointer.set(i32.add(pointer.get, i32.const(bytes)))

/** The rows of the four slots from `slot` on, `stride` bytes each, in memory from `from` on. */
const findRows = (rows: readonly Variable[], slot: Variable, from: Variable, stride: Variable): Code =>
  sequence(...rows.map((row, n) => row.set(i32.add(from.get, i32.multiply(i32.load(slot.get, 4 * n), stride.get)))))

/** Into `into … end`: Σ w·m of columns of the moments, `squareColumns` at a time. */
const squares = wasmFunction(
  ['slots', 'lastSlot', 'weighed', 'moments', 'stride', 'into', 'end'],
  ({ slots, lastSlot, weighed, moments, stride, into, end }, locals) => {
    const [slot, weight] = locals('i32', 2) as [Variable, Variable]
    const rows = locals('i32', 4)
    const weights = locals('v128', 4)
    const sums = locals('v128', squarePairs)
    const add = (sum: Variable, p: number): Code =>
      sum.set(
        pair.add(sum.get, sumOf(rows.map((row, n) => pair.multiply(weights[n]!.get, pair.loadFloats(row.get, 8 * p))))),
      )
    const fourEvents = sequence(
      findRows(rows, slot, moments, stride),
      ...weights.map((each, n) => each.set(pair.loadBoth(weight.get, 16 * n))),
      ...sums.map(add),
      move(weight, 64),
    )
    const block = sequence(
      slot.set(slots.get),
      weight.set(weighed.get),
      ...sums.map(sum => sum.set(pair.zero)),
      repeat(slot, 16, lastSlot.get, fourEvents),
      ...sums.map((sum, p) => pair.store(into.get, sum.get, 16 * p)),
      move(moments, 8 * squarePairs),
    )
    return repeat(into, 16 * squarePairs, end.get, block)
  },
)

/** Into `into … end`: Σ w·z of columns of the factors, `factorColumns` at a time; from `rest` on: Σ t·z − w·m. */
const products = wasmFunction(
  ['slots', 'lastSlot', 'weighed', 'factors', 'factorStride', 'moments', 'stride', 'into', 'end', 'rest'],
  ({ slots, lastSlot, weighed, factors, factorStride, moments, stride, into, end, rest }, locals) => {
    const [slot, weight] = locals('i32', 2) as [Variable, Variable]
    const [factorRows, momentRows] = [locals('i32', 4), locals('i32', 4)]
    const [weights, targets] = [locals('v128', 4), locals('v128', 4)]
    const [sums, rests] = [locals('v128', factorPairs), locals('v128', factorPairs)]
    const add = (p: number): Code => {
      const times = (by: readonly Variable[], rows: readonly Variable[]): Code[] =>
        rows.map((row, n) => pair.multiply(by[n]!.get, pair.loadFloats(row.get, 8 * p)))
      const explained = times(weights, momentRows).reduce(pair.subtract, sumOf(times(targets, factorRows)))
      return sequence(
        sums[p]!.set(pair.add(sums[p]!.get, sumOf(times(weights, factorRows)))),
        rests[p]!.set(pair.add(rests[p]!.get, explained)),
      )
    }
    const fourEvents = sequence(
      findRows(factorRows, slot, factors, factorStride),
      findRows(momentRows, slot, moments, stride),
      ...weights.map((each, n) => each.set(pair.loadBoth(weight.get, 16 * n))),
      ...targets.map((each, n) => each.set(pair.loadBoth(weight.get, 16 * n + 8))),
      ...numbers(factorPairs).map(add),
      move(weight, 64),
    )
    const block = sequence(
      slot.set(slots.get),
      weight.set(weighed.get),
      ...[...sums, ...rests].map(sum => sum.set(pair.zero)),
      repeat(slot, 16, lastSlot.get, fourEvents),
      ...sums.map((sum, p) => pair.store(into.get, sum.get, 16 * p)),
      ...rests.map((sum, p) => pair.store(rest.get, sum.get, 16 * p)),
      ...[factors, moments].map(pointer => move(pointer, 8 * factorPairs)),
      move(rest, 16 * factorPairs),
    )
    return repeat(into, 16 * factorPairs, end.get, block)
  },
)

/** Into `into`: Σ w and Σ t of `weighed … end`. */
const totals = wasmFunction(['weighed', 'end', 'into'], ({ weighed, end, into }, locals) => {
  const [sum] = locals('v128', 1) as [Variable]
  return sequence(
    sum.set(pair.zero),
    repeat(weighed, 64, end.get, sum.set(pair.add(sum.get, sumOf(four.map(n => pair.load(weighed.get, 16 * n)))))),
    pair.store(into.get, sum.get),
  )
})

/** The sums of `posteriorUpdate` over events; all numbers they are given are places in memory and strides, in bytes. */
export const posteriorKernels = wasmKernels({ squares, products, totals })
