import type { Tensor2D, Tensor3D } from '@tensorflow/tfjs-core'
import type { TensorFlow } from './backend.ts'

/** How attended records are summed: `time` weighs the i-th of n with i / (1 + … + n), `plain` all alike. */
export type Weighting = 'time' | 'plain'

/** The share of each position in the sum; they add up to 1. */
export function positionWeights(weighting: Weighting, positions: number): number[] {
  const raw = Array.from({ length: positions }, (_, i) => (weighting === 'time' ? i + 1 : 1))
  const total = raw.reduce((a, b) => a + b, 0)
  return raw.map(weight => weight / total)
}

export interface AttentionPass {
  /** [B, S] */
  output: Tensor2D
  query: Tensor3D
  key: Tensor3D
  value: Tensor3D
  shares: Tensor3D
  mixed: Tensor3D
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
  const batch = records.shape[0] / positions
  const record = records.shape[1]
  const size = weights.shape[1] / 3
  // One product per position: a batched one leaves the fast path of the wasm backend.
  const projected = tf.concat(
    Array.from({ length: positions }, (_, i) =>
      tf.matMul(
        tf.slice(records, [i * batch, 0], [batch, record]),
        tf.slice(weights, [i * record, 0], [record, 3 * size]),
      ),
    ),
    0,
  ) // [T·B, 3S]
  const byRow = tf.transpose(tf.reshape(projected, [positions, batch, 3 * size]), [1, 0, 2]) // [B, T, 3S]
  const part = (index: number) => tf.slice(byRow, [0, 0, index * size], [batch, positions, size]) as Tensor3D
  const [query, key, value] = [part(0), part(1), part(2)] // [B, T, S]
  const scores = tf.mul(tf.matMul(query, key, false, true), 1 / Math.sqrt(size)) // [B, T, T]
  const shares = tf.softmax(scores) as Tensor3D // [B, T, T]
  const weight = tf.tensor3d(positionWeights(weighting, positions), [1, positions, 1])
  const mixed = tf.sum(tf.mul(shares, weight), 1, true) as Tensor3D // [B, 1, T]
  const output = tf.reshape(tf.matMul(mixed, value), [batch, size]) as Tensor2D // [B, S]
  return { output, query, key, value, shares, mixed }
}

/** The gradient of the weights, [T·R, 3S], for a gradient on the output, [B, S]. */
export function attentionBackward(
  tf: TensorFlow,
  records: Tensor2D,
  pass: AttentionPass,
  gradient: Tensor2D,
  weighting: Weighting,
): Tensor2D {
  const [batch, positions, size] = pass.query.shape
  const record = records.shape[1]
  const dOutput = tf.reshape(gradient, [batch, 1, size]) // [B, 1, S]
  const dMixed = tf.matMul(dOutput, pass.value, false, true) // [B, 1, T]
  const dValue = tf.mul(tf.reshape(pass.mixed, [batch, positions, 1]), dOutput) // [B, T, S]
  const weight = tf.tensor3d(positionWeights(weighting, positions), [1, positions, 1])
  const dShares = tf.mul(weight, dMixed) // [B, T, T]
  const weighed = tf.mul(dShares, pass.shares)
  const dScores = tf.sub(weighed, tf.mul(pass.shares, tf.sum(weighed, 2, true))) // [B, T, T]
  const scaled = tf.mul(dScores, 1 / Math.sqrt(size))
  const dQuery = tf.matMul(scaled, pass.key) // [B, T, S]
  const dKey = tf.matMul(scaled, pass.query, true) // [B, T, S]
  const byRow = tf.concat([dQuery, dKey, dValue], 2) // [B, T, 3S]
  const projected = tf.reshape(tf.transpose(byRow, [1, 0, 2]), [positions * batch, 3 * size]) // [T·B, 3S]
  return tf.concat(
    Array.from({ length: positions }, (_, i) =>
      tf.matMul(
        tf.slice(records, [i * batch, 0], [batch, record]),
        tf.slice(projected, [i * batch, 0], [batch, 3 * size]),
        true,
      ),
    ),
    0,
  ) as Tensor2D // [T·R, 3S]
}
