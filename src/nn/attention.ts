import type { Tensor2D } from '@tensorflow/tfjs-core'
import { kernelsOf } from './kernels/kernels-of.ts'
import type { TensorFlow } from './tensorflow.ts'

/** How attended records are summed: `t-self-attention` weighs the i-th of n with i / (1 + … + n), `self-attention` all alike. */
export type Weighting = 't-self-attention' | 'self-attention'

/** The share of each position in the sum; they add up to 1. */
export function positionWeights(weighting: Weighting, positions: number): number[] {
  const raw = Array.from({ length: positions }, (_, i) => (weighting === 't-self-attention' ? i + 1 : 1))
  const total = raw.reduce((a, b) => a + b, 0)
  return raw.map(weight => weight / total)
}

export interface AttentionPass {
  /** [B, S] */
  output: Tensor2D
  /** Query, key and value of every record, [T·B, 3S]. */
  projected: Tensor2D
  /** What each position takes of each, [B, T·T], and their weighted sum, [B, T]. */
  shares: Tensor2D
  mixed: Tensor2D
}

/**
 * T-self-attention: scaled dot-product self-attention over the short window, summed with weights that grow with time.
 *
 * Every position has its own W_Q, W_K and W_V. Shapes: B batch, T positions, R record, S attention; `records` is
 * [T·B, R], all first records first; `weights` is [T·R, 3S].
 */
export function attentionForward(
  tf: TensorFlow,
  weights: Tensor2D,
  records: Tensor2D,
  positions: number,
  weighting: Weighting,
): AttentionPass {
  const kernels = kernelsOf(tf)
  const batch = records.shape[0] / positions
  const size = weights.shape[1] / 3
  const weight = positionWeights(weighting, positions)
  const projected = kernels.blockProducts(records, weights, positions, false) // [T·B, 3S]
  const shapes = [
    [batch, size],
    [batch, positions * positions],
    [batch, positions],
  ] as const
  // Matrices of a few numbers each cost a backend more to start on than a loop takes.
  const [output, shares, mixed] = kernels.compute([projected], shapes, ([projected], [output, shares, mixed]) => {
    for (let b = 0; b < batch; b++) attend(projected!, output!, shares!, mixed!, b, batch, size, weight)
  })
  return { output: output!, projected, shares: shares!, mixed: mixed! }
}

/** The gradient of the weights, [T·R, 3S], for a gradient on the output, [B, S]. */
export function attentionBackward(
  tf: TensorFlow,
  records: Tensor2D,
  pass: AttentionPass,
  gradient: Tensor2D,
  weighting: Weighting,
): Tensor2D {
  const kernels = kernelsOf(tf)
  const [batch, positions] = pass.mixed.shape
  const size = gradient.shape[1]
  const weight = positionWeights(weighting, positions)
  const dMixed = new Float64Array(positions)
  const [dProjected] = kernels.compute(
    [pass.projected, pass.shares, pass.mixed, gradient],
    [pass.projected.shape],
    ([projected, shares, mixed, dOutput], [dProjected]) => {
      dProjected!.fill(0)
      for (let b = 0; b < batch; b++) {
        const width = 3 * size
        for (let j = 0; j < positions; j++) {
          const value = (j * batch + b) * width + 2 * size
          const part = mixed![b * positions + j]!
          for (let k = 0; k < size; k++) dProjected![value + k] = part * dOutput![b * size + k]!
          dMixed[j] = dot(dOutput!, b * size, projected!, value, size)
        }
        attendBack(projected!, shares!, dMixed, dProjected!, b, batch, size, weight)
      }
    },
  )
  return kernels.blockProducts(records, dProjected!, positions, true) // [T·R, 3S]
}

/** Row `b` of the batch: softmax of the scores, their weighted sum, and the values in these shares. */
function attend(
  projected: Float32Array,
  output: Float32Array,
  shares: Float32Array,
  mixed: Float32Array,
  b: number,
  batch: number,
  size: number,
  weight: readonly number[],
): void {
  const positions = weight.length
  const width = 3 * size
  const scale = 1 / Math.sqrt(size)
  mixed.fill(0, b * positions, (b + 1) * positions)
  for (let i = 0; i < positions; i++) {
    const query = (i * batch + b) * width
    const row = (b * positions + i) * positions
    let top = -Infinity
    for (let j = 0; j < positions; j++) {
      const key = (j * batch + b) * width + size
      const score = scale * dot(projected, query, projected, key, size)
      shares[row + j] = score
      if (score > top) top = score
    }
    let total = 0
    for (let j = 0; j < positions; j++) total += shares[row + j] = Math.exp(shares[row + j]! - top)
    for (let j = 0; j < positions; j++) {
      shares[row + j]! /= total
      mixed[b * positions + j]! += weight[i]! * shares[row + j]!
    }
  }
  output.fill(0, b * size, (b + 1) * size)
  for (let j = 0; j < positions; j++) {
    const value = (j * batch + b) * width + 2 * size
    const part = mixed[b * positions + j]!
    for (let k = 0; k < size; k++) output[b * size + k]! += part * projected[value + k]!
  }
}

/** Row `b` of the batch on the way back: gradients of its queries and keys. */
function attendBack(
  projected: Float32Array,
  shares: Float32Array,
  dMixed: Float64Array,
  dProjected: Float32Array,
  b: number,
  batch: number,
  size: number,
  weight: readonly number[],
): void {
  const positions = weight.length
  const width = 3 * size
  const scale = 1 / Math.sqrt(size)
  for (let i = 0; i < positions; i++) {
    const query = (i * batch + b) * width
    const row = (b * positions + i) * positions
    let mean = 0
    for (let j = 0; j < positions; j++) mean += dMixed[j]! * shares[row + j]!
    for (let j = 0; j < positions; j++) {
      const key = (j * batch + b) * width + size
      const pull = scale * weight[i]! * shares[row + j]! * (dMixed[j]! - mean)
      for (let k = 0; k < size; k++) {
        dProjected[query + k]! += pull * projected[key + k]!
        dProjected[key + k]! += pull * projected[query + k]!
      }
    }
  }
}

/** The dot product of `count` numbers of each, in four sums, so that none waits for the one before it. */
function dot(a: Float32Array, fromA: number, b: Float32Array, fromB: number, count: number): number {
  let first = 0
  let second = 0
  let third = 0
  let fourth = 0
  let k = 0
  for (; k + 3 < count; k += 4) {
    first += a[fromA + k]! * b[fromB + k]!
    second += a[fromA + k + 1]! * b[fromB + k + 1]!
    third += a[fromA + k + 2]! * b[fromB + k + 2]!
    fourth += a[fromA + k + 3]! * b[fromB + k + 3]!
  }
  for (; k < count; k++) first += a[fromA + k]! * b[fromB + k]!
  return first + second + (third + fourth)
}
