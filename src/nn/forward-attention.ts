import { positionWeights, type Weighting } from './attention.ts'
import { product, type Strips, stripRows, strips } from './forward-product.ts'

/** Self-attention over one short window in plain arrays, for serving. */
export interface ForwardAttention {
  /** [T·R, 3S] as the trained weights stand. */
  load(weights: Float32Array): void
  /** Take in the record of R numbers at a position, 0 … T − 1; all-zero records pad the front. */
  take(record: Float64Array, position: number): void
  /** Attend over the T records taken in last and write S numbers to `output` at `to`. */
  mix(output: Float64Array, to: number): void
}

export function forwardAttention(
  recordSize: number,
  size: number,
  positions: number,
  weighting: Weighting,
): ForwardAttention {
  const weights: Strips[] = [] // one for each position
  const share = positionWeights(weighting, positions)
  const stride = stripRows(3 * size)
  const zero = new Float64Array(stride)
  const projected = new Float64Array(positions * stride)
  const views = Array.from({ length: positions }, (_, i) => projected.subarray(i * stride, (i + 1) * stride))
  const scores = new Float64Array(positions)
  const mixed = new Float64Array(positions)
  const scale = 1 / Math.sqrt(size)

  const softmax = (query: number) => {
    let top = -Infinity
    for (let j = 0; j < positions; j++) {
      let score = 0
      const key = j * stride + size
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
        weights[i] = strips(all.subarray(from, from + recordSize * 3 * size), recordSize, 3 * size)
      }
    },
    take: (record, position) => product(weights[position]!, record, zero, views[position]!),
    mix(output, to) {
      mixed.fill(0)
      for (let i = 0; i < positions; i++) {
        softmax(i * stride)
        for (let j = 0; j < positions; j++) mixed[j]! += share[i]! * scores[j]!
      }
      output.fill(0, to, to + size)
      for (let j = 0; j < positions; j++) {
        const value = j * stride + 2 * size
        for (let k = 0; k < size; k++) output[to + k]! += mixed[j]! * projected[value + k]!
      }
    },
  }
}
