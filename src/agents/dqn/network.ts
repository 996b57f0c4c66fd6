import type { Tensor2D } from '@tensorflow/tfjs-core'
import {
  createParameters,
  type Parameters,
  parametersUnder,
  shapesUnder,
  type Weights,
  weightsUnder,
} from '../../nn/parameters.ts'
import type { TensorFlow } from '../../nn/tensorflow.ts'
import type { Random } from '../../state/random.ts'
import { type EncoderOptions, encode, encoderShapes, fillEncoder, type Observed } from '../interest/encoder.ts'
import {
  direction,
  directionShapes,
  fillDirection,
  fillTower,
  fillValue,
  tower,
  towerShapes,
  towerSize,
  value,
  valueShapes,
} from '../interest/heads.ts'

/** Q(s, i) = V(s) + φ(s)·t(i), one network for all users and items. D item vector. */
export const qShapes = (o: EncoderOptions, items: number) => ({
  ...shapesUnder('encoder', encoderShapes(o)),
  ...shapesUnder('value', valueShapes(o.state)),
  ...shapesUnder('weight', directionShapes(o.state, towerSize(items))),
  ...shapesUnder('tower', towerShapes(items)),
})
export type QShapes = ReturnType<typeof qShapes>

export function createQ(options: EncoderOptions, items: number, random: Random): Parameters<QShapes> {
  const q = createParameters(qShapes(options, items))
  fillEncoder(parametersUnder('encoder', q, encoderShapes(options)), options, random)
  fillValue(parametersUnder('value', q, valueShapes(options.state)), random)
  const weight = parametersUnder('weight', q, directionShapes(options.state, towerSize(items)))
  fillDirection(weight, { scale: 0.1, anchor: 0 }, random)
  fillTower(parametersUnder('tower', q, towerShapes(items)), random)
  return q
}

export interface QPass {
  weights: Weights<QShapes>
  /** V(s), [B, 1], and φ(s), [B, K]. */
  base: Tensor2D
  weight: Tensor2D
}

/** What all items share of Q. */
export function qOfState(
  tf: TensorFlow,
  weights: Weights<QShapes>,
  observed: Observed,
  taste: Tensor2D,
  options: EncoderOptions,
): Omit<QPass, 'weights'> {
  const state = encode(tf, weightsUnder('encoder', weights, encoderShapes(options)), observed, options) // [B, S]
  const shapes = directionShapes(options.state, towerSize(taste.shape[1]))
  return {
    base: value(tf, weightsUnder('value', weights, valueShapes(options.state)), state),
    weight: direction(tf, weightsUnder('weight', weights, shapes), state, taste),
  }
}

/** t(i) of item vectors, [N, D] → [N, K]. */
export const towerOf = (tf: TensorFlow, weights: Weights<QShapes>, vectors: Tensor2D): Tensor2D =>
  tower(tf, weightsUnder('tower', weights, towerShapes(vectors.shape[1])), vectors)

/** Q(s, i), [B, 1], of one item each by their vectors, [B, D]. */
export const qOfItems = (tf: TensorFlow, { weights, base, weight }: QPass, vectors: Tensor2D): Tensor2D =>
  tf.add(base, tf.sum(tf.mul(weight, towerOf(tf, weights, vectors)), 1, true))
