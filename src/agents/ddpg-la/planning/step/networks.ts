import type { Tensor2D, Tensor3D } from '@tensorflow/tfjs-core'
import { perceptron } from '../../../../nn/dense.ts'
import {
  createParameters,
  fillNormal,
  type Parameters,
  parametersUnder,
  shapesUnder,
  type Weights,
  weightsUnder,
} from '../../../../nn/parameters.ts'
import type { TensorFlow } from '../../../../nn/tensorflow.ts'
import type { Random } from '../../../../state/random.ts'
import { type EncoderOptions, encoderShapes, fillEncoder, spread } from '../../../interest/encoder.ts'
import { fillValue, value, valueShapes } from '../../../interest/heads.ts'
import { featureCount } from '../index/user-memory.ts'

/** Units of the hidden layer behind the state. */
const units = 32
/** K features and their K(K + 1)/2 products. */
export const productCount = featureCount + (featureCount * (featureCount + 1)) / 2

const headShapes = (state: number, output: number) =>
  ({ first: [state, units], firstBias: [1, units], second: [units, output], secondBias: [1, output] }) as const

/** μ(s): base weights, which all states share, and what the state adds to them. K features. */
export const actorShapes = (o: EncoderOptions) => ({
  base: [1, featureCount] as const,
  ...shapesUnder('encoder', encoderShapes(o)),
  ...shapesUnder('head', headShapes(o.state, featureCount)),
})
export type ActorShapes = ReturnType<typeof actorShapes>

/** Q(s, f) = V(s) + b(s)·[f, products of f], twice, upon one encoder. */
export const criticShapes = (o: EncoderOptions) => ({
  ...shapesUnder('encoder', encoderShapes(o)),
  ...shapesUnder('first', oneCritic(o.state)),
  ...shapesUnder('second', oneCritic(o.state)),
})
export type CriticShapes = ReturnType<typeof criticShapes>

const oneCritic = (state: number) => ({
  ...shapesUnder('value', valueShapes(state)),
  ...shapesUnder('weight', headShapes(state, productCount)),
})

/** It begins as the ranker by rating: base weights 1, 0, …, and nothing added. */
export function createActor(o: EncoderOptions, random: Random): Parameters<ActorShapes> {
  const actor = createParameters(actorShapes(o))
  actor.view('base')[0] = 1
  fillEncoder(parametersUnder('encoder', actor, encoderShapes(o)), o, random)
  fillNormal(actor.view('head.first'), spread(o.state), random)
  return actor
}

export function createCritic(o: EncoderOptions, random: Random): Parameters<CriticShapes> {
  const critic = createParameters(criticShapes(o))
  fillEncoder(parametersUnder('encoder', critic, encoderShapes(o)), o, random)
  for (const which of ['first', 'second'] as const) {
    fillValue(parametersUnder(`${which}.value`, critic, valueShapes(o.state)), random)
    fillNormal(critic.view(`${which}.weight.first`), spread(o.state), random)
    fillNormal(critic.view(`${which}.weight.second`), 0.1 * spread(units), random)
  }
  return critic
}

/** The weights of the index, of length one, [B, K]. */
export function indexWeights(tf: TensorFlow, weights: Weights<ActorShapes>, state: Tensor2D): Tensor2D {
  const own = weightsUnder('head', weights, headShapes(state.shape[1], featureCount))
  const raw = tf.add(perceptron(tf, state, own), weights.base) // [B, K]
  return tf.div(raw, tf.sqrt(tf.add(tf.sum(tf.square(raw), 1, true), 1e-8)))
}

/** Q(s, f), [B, N], of one of the twins, for N items by features and products, [B, N, K + products]. */
export function itemValues(
  tf: TensorFlow,
  weights: Weights<CriticShapes>,
  which: 'first' | 'second',
  state: Tensor2D,
  items: Tensor3D,
): Tensor2D {
  const one = weightsUnder(which, weights, oneCritic(state.shape[1]))
  const base = value(tf, weightsUnder('value', one, valueShapes(state.shape[1])), state) // [B, 1]
  const by = perceptron(tf, state, weightsUnder('weight', one, headShapes(state.shape[1], productCount))) // [B, P]
  const [batch, count] = items.shape
  const valued = tf.matMul(items, tf.reshape(by, [batch, productCount, 1])) // [B, N, 1]
  return tf.add(base, tf.reshape(valued, [batch, count]))
}

/** π(i | s) over N items by features, [B, N]: the softmax of the index. */
export function policy(tf: TensorFlow, weights: Tensor2D, features: Tensor3D, temperature: number): Tensor2D {
  const [batch, count] = features.shape
  const scores = tf.matMul(features, tf.reshape(weights, [batch, featureCount, 1])) // [B, N, 1]
  return tf.softmax(tf.div(tf.reshape(scores, [batch, count]), temperature)) as Tensor2D
}
