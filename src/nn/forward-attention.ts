import { positionWeights, type Weighting } from './attention.ts'
import { forwardMemory } from './forward-memory.ts'

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
  const { matrix, numbers, multiply } = forwardMemory()
  const weights = Array.from({ length: positions }, () => matrix(recordSize, 3 * size)) // one for each position
  const share = positionWeights(weighting, positions)
  const stride = weights[0]!.rows
  const seen = numbers(recordSize)
  const all = numbers(positions * stride) // query, key and value of every position
  const scores = new Float64Array(positions)
  const mixed = new Float64Array(positions)
  const scale = 1 / Math.sqrt(size)

  const softmax = (projected: Float64Array, query: number) => {
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
    load(given) {
      for (let i = 0; i < positions; i++) {
        const from = i * recordSize * 3 * size
        weights[i]!.load(given.subarray(from, from + recordSize * 3 * size))
      }
    },
    take(record, position) {
      for (let k = 0; k < recordSize; k++) seen.values[k] = record[k]!
      all.values.fill(0, position * stride, (position + 1) * stride)
      multiply(weights[position]!, seen, { at: all.at + 8 * position * stride })
    },
    mix(output, to) {
      const projected = all.values
      mixed.fill(0)
      for (let i = 0; i < positions; i++) {
        softmax(projected, i * stride)
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
