import { positionWeights, type Weighting } from '../../../model/attention.ts'
import { positions } from './world.ts'

/**
 * T-self-attention at every event of a chunk, over the five records before it.
 *
 * Scaled dot-product self-attention, each position with its own W_Q, W_K and W_V, summed with weights that grow with time
 * (`plain`: all alike, which is self-attention). Hong et al. 2021, section 2.2; the same as src/model/attention.ts for one
 * window. Shapes: N windows, P = 5 positions, S short; `projected` holds query, key and value, 3S numbers, of position p of
 * window n at `start(n, p)`.
 */
export interface WindowAttention {
  /** [N, S] */
  readonly outputs: Float32Array
  forward(windows: number, projected: Float32Array, start: (n: number, p: number) => number): void
  /** Adds to `dProjected`, laid out like `projected`, for gradients on the outputs of the last `forward`, N rows of `stride` numbers from `from`. */
  backward(
    dProjected: Float32Array,
    projected: Float32Array,
    start: (n: number, p: number) => number,
    dOutputs: Float32Array,
    from: number,
    stride: number,
  ): void
}

/** Room for `capacity` windows. */
export function windowAttention(capacity: number, size: number, weighting: Weighting): WindowAttention {
  const outputs = new Float32Array(capacity * size)
  const shares = new Float32Array(capacity * positions * positions)
  const mixed = new Float32Array(capacity * positions)
  const weight = positionWeights(weighting, positions)
  const scale = 1 / Math.sqrt(size)
  const places = new Int32Array(positions)
  const scores = new Float64Array(positions)
  let windows = 0
  const dMixed = new Float64Array(positions)

  return {
    outputs,
    forward(count, projected, start) {
      windows = count
      outputs.fill(0)
      mixed.fill(0)
      for (let n = 0; n < windows; n++) {
        for (let p = 0; p < positions; p++) places[p] = start(n, p)
        for (let i = 0; i < positions; i++) {
          const query = places[i]!
          let top = -Infinity
          for (let j = 0; j < positions; j++) {
            const key = places[j]! + size
            let sum = 0
            for (let k = 0; k < size; k++) sum += projected[query + k]! * projected[key + k]!
            scores[j] = sum * scale
            if (scores[j]! > top) top = scores[j]!
          }
          let total = 0
          for (let j = 0; j < positions; j++) total += scores[j] = Math.exp(scores[j]! - top)
          for (let j = 0; j < positions; j++) {
            const share = scores[j]! / total
            shares[(n * positions + i) * positions + j] = share
            mixed[n * positions + j]! += weight[i]! * share
          }
        }
        for (let j = 0; j < positions; j++) {
          const value = places[j]! + 2 * size
          const part = mixed[n * positions + j]!
          for (let k = 0; k < size; k++) outputs[n * size + k]! += part * projected[value + k]!
        }
      }
    },
    backward(dProjected, projected, start, dOutputs, from, stride) {
      for (let n = 0; n < windows; n++) {
        const given = n * stride + from
        for (let p = 0; p < positions; p++) places[p] = start(n, p)
        for (let j = 0; j < positions; j++) {
          const value = places[j]! + 2 * size
          const part = mixed[n * positions + j]!
          let sum = 0
          for (let k = 0; k < size; k++) {
            const d = dOutputs[given + k]!
            sum += d * projected[value + k]!
            dProjected[value + k]! += part * d
          }
          dMixed[j] = sum
        }
        for (let i = 0; i < positions; i++) {
          const row = (n * positions + i) * positions
          let mean = 0
          for (let j = 0; j < positions; j++) mean += shares[row + j]! * dMixed[j]!
          const query = places[i]!
          for (let j = 0; j < positions; j++) {
            const d = scale * weight[i]! * shares[row + j]! * (dMixed[j]! - mean)
            const key = places[j]! + size
            for (let k = 0; k < size; k++) {
              dProjected[query + k]! += d * projected[key + k]!
              dProjected[key + k]! += d * projected[query + k]!
            }
          }
        }
      }
    },
  }
}
