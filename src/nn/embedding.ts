import type { Tensor2D } from '@tensorflow/tfjs-core'
import type { SavedArrays } from '../state/saved-arrays.ts'
import { floatColumn, intColumn } from '../state/slot-column.ts'
import { kernelsOf } from './kernels/kernels-of.ts'
import type { TensorFlow } from './tensorflow.ts'

/**
 * A learned vector for each slot, with Adam that touches only the rows a batch used (sparse, lazy).
 *
 *     const rows = items.gather(tf, ids)          // [N, D], for the network
 *     items.update(ids, dRows.dataSync())         // ids may repeat: their gradients add up
 *
 * A row's moments stand still while it is not used, and its bias correction counts its own steps, so that a row seen
 * late starts as every row did. Kingma and Ba (2015), Adam, algorithm 1, row by row. Plain arrays: the same bits on
 * every backend for the same gradients. Memory: 12·D + 8 bytes a slot.
 */
export interface Embedding {
  /** Numbers in a row. */
  readonly size: number
  /** Rows there are. */
  readonly slots: number
  /** Make sure that rows 0 … slots − 1 are there. */
  reserve(slots: number): void
  /** A row as a window on the table, good until the next `reserve`. */
  row(slot: number): Float32Array
  /** The rows of these slots, [N, D]; the tensor belongs to the enclosing tf.tidy. */
  gather(tf: TensorFlow, slots: Int32Array): Tensor2D
  /** One step on these slots' rows for gradients of N·D numbers; false, and nothing changed, if one is not finite. */
  update(slots: Int32Array, gradients: Float32Array): boolean
  /** Begin a row anew, for a slot that passes to another id. */
  reset(slot: number): void
  save(): SavedArrays
  restore(arrays: SavedArrays): void
}

export interface EmbeddingOptions {
  size: number
  /** Adam's step size. */
  rate: number
  /** Write the first values of a slot's row, which holds zeros. */
  start(slot: number, row: Float32Array): void
}

export function embedding({ size, rate, start }: EmbeddingOptions): Embedding {
  const values = floatColumn(size)
  const mean = floatColumn(size)
  const square = floatColumn(size)
  const steps = intColumn()
  const place = intColumn(1, -1) // of a slot's sum in `sums`, while an update runs
  let sums = new Float64Array(0)
  let slotCount = 0

  const row = (slot: number) => values.data.subarray(slot * size, (slot + 1) * size)

  /** Add up gradients of the same slot; returns the distinct ones in the order of first use. */
  const addUp = (slots: Int32Array, gradients: Float32Array): number[] => {
    if (sums.length < gradients.length) sums = new Float64Array(gradients.length)
    const distinct: number[] = []
    for (let n = 0, from = 0; n < slots.length; n++) {
      const slot = slots[n]!
      if (place.data[slot]! < 0) {
        place.data[slot] = distinct.length * size
        sums.fill(0, distinct.length * size, (distinct.length + 1) * size)
        distinct.push(slot)
      }
      const to = place.data[slot]!
      for (let k = to; k < to + size; k++) sums[k]! += gradients[from++]!
    }
    for (const slot of distinct) place.data[slot] = -1
    return distinct
  }

  const step = (slot: number, from: number): void => {
    const count = (steps.data[slot]! += 1)
    const correction = Math.sqrt(1 - keepSquare ** count)
    const scaled = (rate * correction) / (1 - keepMean ** count)
    for (let k = slot * size, g = from; k < (slot + 1) * size; k++, g++) {
      const gradient = sums[g]!
      const m = keepMean * mean.data[k]! + (1 - keepMean) * gradient
      const s = keepSquare * square.data[k]! + (1 - keepSquare) * gradient * gradient
      mean.data[k] = m
      square.data[k] = s
      values.data[k]! -= (scaled * m) / (Math.sqrt(s) + epsilon * correction)
    }
  }

  return {
    size,
    get slots() {
      return slotCount
    },
    reserve(slots) {
      for (const column of [values, mean, square, steps, place]) column.reserve(slots)
      for (; slotCount < slots; slotCount++) start(slotCount, row(slotCount))
    },
    row,
    gather(tf, slots) {
      const [rows] = kernelsOf(tf).compute([], [[slots.length, size]], (_, [rows]) => {
        for (let n = 0, to = 0; n < slots.length; n++) {
          for (let k = slots[n]! * size, end = k + size; k < end; k++) rows![to++] = values.data[k]!
        }
      })
      return rows!
    },
    update(slots, gradients) {
      let total = 0
      for (const gradient of gradients) total += gradient
      if (!Number.isFinite(total)) return false
      for (const [n, slot] of addUp(slots, gradients).entries()) step(slot, n * size)
      return true
    },
    reset(slot) {
      for (const column of [values, mean, square, steps]) column.reset(slot)
      start(slot, row(slot))
    },
    save: () => ({
      values: values.save(slotCount),
      mean: mean.save(slotCount),
      square: square.save(slotCount),
      steps: steps.save(slotCount),
    }),
    restore(arrays) {
      values.restore(arrays['values'] as Float32Array)
      mean.restore(arrays['mean'] as Float32Array)
      square.restore(arrays['square'] as Float32Array)
      steps.restore(arrays['steps'] as Int32Array)
      slotCount = (arrays['steps'] as Int32Array).length
      place.reserve(slotCount)
    },
  }
}

const keepMean = 0.9
const keepSquare = 0.999
const epsilon = 1e-8
