import { positionWeights, type Weighting } from './attention.ts'
import { dot, transposed } from './forward-product.ts'

/** Self-attention over one short window in plain arrays, for serving. */
export interface ForwardAttention {
  /** [T·R, 3S] as the trained weights stand. */
  load(weights: Float32Array): void
  /** Attend over T records of R numbers (all-zero records pad the front) and write S numbers to `output` at `to`. */
  attend(records: Float64Array[], output: Float64Array, to: number): void
}

export function forwardAttention(
  recordSize: number,
  size: number,
  positions: number,
  weighting: Weighting,
): ForwardAttention {
  const weights: Float64Array[] = [] // per position [3S, R]
  const share = positionWeights(weighting, positions)
  const projected = new Float64Array(positions * 3 * size)
  const scores = new Float64Array(positions)
  const mixed = new Float64Array(positions)
  const scale = 1 / Math.sqrt(size)

  const project = (records: Float64Array[]) => {
    for (let i = 0; i < positions; i++) {
      const rows = weights[i]!
      const record = records[i]!
      const at = i * 3 * size
      for (let k = 0; k < 3 * size; k++) projected[at + k] = dot(rows, k * recordSize, record, recordSize)
    }
  }
  const softmax = (query: number) => {
    let top = -Infinity
    for (let j = 0; j < positions; j++) {
      let score = 0
      const key = j * 3 * size + size
      for (let k = 0; k < size; k++) score += projected[query + k]! * projected[key + k]!
      scores[j] = score * scale
      if (scores[j]! > top) top = scores[j]!
    }
    let total = 0
    for (let j = 0; j < positions; j++) total += scores[j] = Math.exp(scores[j]! - top)
    for (let j = 0; j < positions; j++) scores[j]! /= total
  }

  return {
    load(all) {
      for (let i = 0; i < positions; i++) {
        const from = i * recordSize * 3 * size
        weights[i] = transposed(all.subarray(from, from + recordSize * 3 * size), recordSize, 3 * size)
      }
    },
    attend(records, output, to) {
      project(records)
      mixed.fill(0)
      for (let i = 0; i < positions; i++) {
        softmax(i * 3 * size)
        for (let j = 0; j < positions; j++) mixed[j]! += share[i]! * scores[j]!
      }
      output.fill(0, to, to + size)
      for (let j = 0; j < positions; j++) {
        const value = j * 3 * size + 2 * size
        for (let k = 0; k < size; k++) output[to + k]! += mixed[j]! * projected[value + k]!
      }
    },
  }
}
