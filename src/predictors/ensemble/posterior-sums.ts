import { wasmMemory } from '../../state/wasm/kernels.ts'
import { type MemoryColumns, memoryColumns } from '../../state/wasm/memory-columns.ts'
import { factorColumns, posteriorKernels, squareColumns } from './posterior-kernels.ts'

/**
 * The factors and moments of one side, in a memory of their own, and sums over the slots of up to `events` events.
 *
 * Two columns are summed at a time, each over the events in order and in fours, so that sums have the bits of a plain loop.
 */
export interface PosteriorSums {
  readonly columns: MemoryColumns<'factors' | 'moments'>
  /** To be filled for `sum`: the slots of events, and side by side what each weighs and its weight times its target. */
  readonly slots: Int32Array
  readonly weighed: Float64Array
  /** Σ w(zzᵀ + κ·Cov) packed, Σ w·z and Σ w, and one number more, as of the last `sum`; whoever reads them may overwrite them. */
  readonly a: Float64Array
  /** Σ t·z − w·κ·Cov(·, bias) and Σ t. */
  readonly b: Float64Array
  /** Sum over the first `count` of the events. */
  sum(count: number): void
}

export function posteriorSums(factors: number, momentsWidth: number, events: number): PosteriorSums {
  const squares = (factors * (factors + 1)) / 2
  const room = 4 * Math.ceil(events / 4) + 4
  const [slotsAt, weighedAt] = [0, 8 * Math.ceil(room / 2)]
  const aAt = weighedAt + 16 * room
  // Blocks of columns may write beyond what they are asked for.
  const bAt = aAt + 8 * (squares + factors + squareColumns)
  const end = bAt + 8 * (factors + factorColumns)
  const memory = wasmMemory(end)
  const viewsOf = (buffer: ArrayBuffer) => ({
    slots: new Int32Array(buffer, slotsAt, room),
    weighed: new Float64Array(buffer, weighedAt, 2 * room),
    a: new Float64Array(buffer, aAt, squares + factors + 2),
    b: new Float64Array(buffer, bAt, factors + 1),
  })
  let views = viewsOf(memory.buffer)
  const columns = memoryColumns(memory, 16 * Math.ceil(end / 16), { factors, moments: momentsWidth }, buffer => {
    views = viewsOf(buffer)
  })
  const kernels = posteriorKernels(memory)
  const [factorStride, stride] = [4 * factors, 4 * momentsWidth]
  const factorsAt = aAt + 8 * squares
  const totalsAt = factorsAt + 8 * factors

  return {
    columns,
    get slots() {
      return views.slots
    },
    get weighed() {
      return views.weighed
    },
    get a() {
      return views.a
    },
    get b() {
      return views.b
    },
    sum(count) {
      const { slots, weighed, a, b } = views
      const padded = count === 0 ? 4 : 4 * Math.ceil(count / 4)
      for (let e = count; e < padded; e++) {
        slots[e] = 0
        weighed[2 * e] = 0
        weighed[2 * e + 1] = 0
      }
      const [lastSlot, lastWeighed] = [slotsAt + 4 * padded, weighedAt + 16 * padded]
      const [z, m] = [columns.factors.at, columns.moments.at]
      kernels.squares(slotsAt, lastSlot, weighedAt, m + factorStride, stride, aAt, factorsAt)
      kernels.products(slotsAt, lastSlot, weighedAt, z, factorStride, m, stride, factorsAt, totalsAt, bAt)
      kernels.totals(weighedAt, lastWeighed, totalsAt)
      b[factors] = a[squares + factors + 1]!
    },
  }
}
