import { decompose, substitute } from '../../state/cholesky.ts'
import type { SavedArrays } from '../../state/saved-arrays.ts'
import { byteColumn } from '../../state/slot-column.ts'
import type { FeaturePlaces } from './feature-places.ts'

/**
 * Ridge regression of posterior means on features: where somebody with such features stands before any event of theirs.
 *
 *     prior.moved(slot, before, after)   // a posterior mean changed
 *     prior.fit()                        // now and then
 *     prior.mean(slot, into)             // f·W
 *
 * The sums fᵀf and fᵀx follow every change, so that a fit never visits the slots.
 */
export interface PriorRegression {
  /** The prior mean of a slot, `dimensions` numbers. */
  mean(slot: number, into: Float64Array): void
  /** A slot has enough events to count; `x` is its posterior mean. */
  join(slot: number, x: ArrayLike<number>): void
  joined(slot: number): boolean
  /** A slot that counts moved by `difference`. */
  moved(slot: number, difference: ArrayLike<number>): void
  leave(slot: number, x: ArrayLike<number>): void
  fit(): void
  /** The sums fᵀf and fᵀx over the slots that count, to which learners of different slots add. */
  readonly sums: { readonly gram: Float64Array; readonly moments: Float64Array }
  /** Forget a slot; `leaving` is called first where it counts. */
  reset(slot: number, leaving: (slot: number) => void): void
  save(slots: number): SavedArrays
  restore(arrays: SavedArrays): void
}

export function priorRegression(options: {
  places: FeaturePlaces
  dimensions: number
  /** Weight of the pull to zero. */
  ridge: number
}): PriorRegression {
  const { places, dimensions, ridge } = options
  const { size } = places
  const gram = new Float64Array((size * (size + 1)) / 2) // fᵀf, packed
  const moments = new Float64Array(size * dimensions) // fᵀx
  const weights = new Float64Array(size * dimensions)
  const counted = byteColumn()
  const matrix = new Float64Array(gram.length)
  const lower = new Float64Array(gram.length)
  const right = new Float64Array(moments.length)

  /** Add sign·f·fᵀ to the Gram matrix. */
  const count = (slot: number, sign: number) => {
    const { data } = places
    const [start, end] = [places.from(slot), places.to(slot)]
    gram[0]! += sign
    for (let a = start; a < end; a++) {
      const r = data[a]!
      gram[(r * (r + 1)) / 2]! += sign
      for (let b = start; b < end; b++) {
        if (data[b]! <= r) gram[(r * (r + 1)) / 2 + data[b]!]! += sign
      }
    }
  }
  const add = (slot: number, x: ArrayLike<number>, sign: number) => {
    const { data } = places
    for (let k = 0; k < dimensions; k++) moments[k]! += sign * x[k]!
    const [start, end] = [places.from(slot), places.to(slot)]
    for (let a = start; a < end; a++) {
      for (let k = 0, at = data[a]! * dimensions; k < dimensions; k++, at++) moments[at]! += sign * x[k]!
    }
  }

  return {
    sums: { gram, moments },
    mean(slot, into) {
      const { data } = places
      for (let k = 0; k < dimensions; k++) into[k] = weights[k]!
      const [start, end] = [places.from(slot), places.to(slot)]
      for (let a = start; a < end; a++) {
        for (let k = 0, at = data[a]! * dimensions; k < dimensions; k++, at++) into[k]! += weights[at]!
      }
    },
    joined: slot => counted.data[slot] === 1,
    join(slot, x) {
      counted.data[slot] = 1
      count(slot, 1)
      add(slot, x, 1)
    },
    moved: (slot, difference) => add(slot, difference, 1),
    leave(slot, x) {
      counted.data[slot] = 0
      count(slot, -1)
      add(slot, x, -1)
    },
    fit() {
      const { used } = places
      matrix.set(gram)
      for (let r = 0; r < used; r++) matrix[(r * (r + 1)) / 2 + r]! += ridge
      decompose(matrix, lower, used)
      right.set(moments)
      substitute(lower, right, used, dimensions)
      weights.set(right)
    },
    reset(slot, leaving) {
      leaving(slot)
      counted.reserve(slot + 1)
      counted.reset(slot)
    },
    save: slots => ({
      counted: counted.save(slots),
      gram: gram.slice(),
      moments: moments.slice(),
      weights: weights.slice(),
    }),
    restore(arrays) {
      counted.restore(arrays['counted'] as Uint8Array)
      gram.set(arrays['gram'] as Float64Array)
      moments.set(arrays['moments'] as Float64Array)
      weights.set(arrays['weights'] as Float64Array)
    },
  }
}
