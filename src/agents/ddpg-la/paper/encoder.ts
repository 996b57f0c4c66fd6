import type { Tensor2D } from '@tensorflow/tfjs-core'
import { type AttentionPass, attentionBackward, attentionForward } from '../../../nn/attention.ts'
import type { Weights } from '../../../nn/parameters.ts'
import { type RlstmPass, rlstmBackward, rlstmForward } from '../../../nn/rlstm.ts'
import type { TensorFlow } from '../../../nn/tensorflow.ts'
import type { PaperOptions } from './options.ts'
import { positions } from './world.ts'

/** Sizes of the two interests; zero where the variant has none. */
export function interestSizes({ interests, hiddenSize, shortSize }: PaperOptions): { long: number; short: number } {
  return { long: interests.long === 'none' ? 0 : hiddenSize, short: interests.short === 'none' ? 0 : shortSize }
}

export function encoderShapes(options: PaperOptions, record: number) {
  const { long, short } = interestSizes(options)
  return { input: [record, 4 * long], hidden: [long, 4 * long], attention: [positions * record, 3 * short] } as const
}
export type EncoderShapes = ReturnType<typeof encoderShapes>

/** The recurrent state of B users between chunks: hidden, then cell, [B, H] each. */
export interface Carry {
  hidden: Float32Array
  cell: Float32Array
}

/** Long and short interest before every event of a chunk; null where the variant has none. */
export interface EncoderPass {
  long: { records: Tensor2D; pass: RlstmPass } | null
  short: { records: Tensor2D; pass: AttentionPass } | null
}

/**
 * Both extractors over a chunk. Shapes: B users, T events, R record, H long, S short; `records` is [(T + 4)·B, R], that of
 * five before the first event first, that of one before the last event last. `carry` moves on by T records.
 */
export function encode(
  tf: TensorFlow,
  weights: Weights<EncoderShapes>,
  records: Tensor2D,
  carry: Carry,
  options: PaperOptions,
): EncoderPass {
  const { interests } = options
  const { long } = interestSizes(options)
  const batch = carry.hidden.length / options.hiddenSize
  const count = records.shape[0] - (positions - 1) * batch
  const from = (position: number) => tf.slice(records, [position * batch, 0], [count, records.shape[1]]) as Tensor2D
  const result: EncoderPass = { long: null, short: null }
  if (interests.long !== 'none') {
    const start = { hidden: tf.tensor2d(carry.hidden, [batch, long]), cell: tf.tensor2d(carry.cell, [batch, long]) }
    const newest = from(positions - 1) // [T·B, R]
    const pass = rlstmForward(tf, weights, newest, start, interests.long)
    carry.hidden = pass.hidden.dataSync().slice() as Float32Array
    carry.cell = pass.cell.dataSync().slice() as Float32Array
    result.long = { records: newest, pass }
  }
  if (interests.short !== 'none') {
    // The p-th records of all windows lie next to each other already.
    const windows = tf.concat(Array.from({ length: positions }, (_, p) => from(p))) as Tensor2D // [5·T·B, R]
    result.short = {
      records: windows,
      pass: attentionForward(tf, weights.attention, windows, positions, interests.short),
    }
  }
  return result
}

/** Gradients of the weights for gradients on the interests, [T·B, H] and [T·B, S]; what records are made of has none. */
export function encodeBackward(
  tf: TensorFlow,
  weights: Weights<EncoderShapes>,
  { long, short }: EncoderPass,
  dLong: Float32Array,
  dShort: Float32Array,
  options: PaperOptions,
): Weights<EncoderShapes> {
  const { interests, hiddenSize, shortSize } = options
  const gradients = { ...weights } // of the parts that are missing, without numbers
  if (long !== null && interests.long !== 'none') {
    const gradient = tf.tensor2d(dLong, [dLong.length / hiddenSize, hiddenSize])
    const { input, hidden } = rlstmBackward(tf, weights, long.records, long.pass, gradient, interests.long)
    gradients.input = input
    gradients.hidden = hidden
  }
  if (short !== null && interests.short !== 'none') {
    const gradient = tf.tensor2d(dShort, [dShort.length / shortSize, shortSize])
    gradients.attention = attentionBackward(tf, short.records, short.pass, gradient, interests.short)
  }
  return gradients
}
