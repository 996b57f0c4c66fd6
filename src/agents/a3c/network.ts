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

/** π(i | s) = softmax of f(s)·t(i), and V(s), each upon an encoder of its own. D item vector. */
export const actorCriticShapes = (o: EncoderOptions, items: number) => ({
  ...shapesUnder('policy', encoderShapes(o)),
  ...shapesUnder('direction', directionShapes(o.state, towerSize(items))),
  ...shapesUnder('tower', towerShapes(items)),
  ...shapesUnder('critic', encoderShapes(o)),
  ...shapesUnder('value', valueShapes(o.state)),
})
export type ActorCriticShapes = ReturnType<typeof actorCriticShapes>

/** Fill these parameters as they are before anything was learned; the policy begins as softmax of anchor · (taste · item). */
export function fillActorCritic(
  parameters: Parameters<ActorCriticShapes>,
  { encoder, items, anchor }: { encoder: EncoderOptions; items: number; anchor: number },
  random: Random,
): void {
  const part = partsOf(parameters, encoder, items)
  fillEncoder(part.policy, encoder, random)
  fillDirection(part.direction, { scale: 0.1, anchor }, random)
  fillTower(part.tower, random)
  fillEncoder(part.critic, encoder, random)
  fillValue(part.value, random)
}

/** The parts by name: windows on the same numbers. */
export const partsOf = (parameters: Parameters<ActorCriticShapes>, encoder: EncoderOptions, items: number) => ({
  policy: parametersUnder('policy', parameters, encoderShapes(encoder)),
  direction: parametersUnder('direction', parameters, directionShapes(encoder.state, towerSize(items))),
  tower: parametersUnder('tower', parameters, towerShapes(items)),
  critic: parametersUnder('critic', parameters, encoderShapes(encoder)),
  value: parametersUnder('value', parameters, valueShapes(encoder.state)),
})

/** Parameters of an actor and critic, all zero, in memory of their own or in that which is given. */
export const createActorCritic = (encoder: EncoderOptions, items: number, values?: Float32Array) =>
  createParameters(actorCriticShapes(encoder, items), values)

/** Logits of all items, [B, I], for what users were shown, their tastes [B, D] and item vectors [I, D]. */
export function logitsOf(
  tf: TensorFlow,
  weights: Weights<ActorCriticShapes>,
  { observed, taste, items }: { observed: Observed; taste: Tensor2D; items: Tensor2D },
  encoder: EncoderOptions,
): Tensor2D {
  const size = taste.shape[1]
  const state = encode(tf, weightsUnder('policy', weights, encoderShapes(encoder)), observed, encoder) // [B, S]
  const shapes = directionShapes(encoder.state, towerSize(size))
  const wanted = direction(tf, weightsUnder('direction', weights, shapes), state, taste) // [B, K]
  const rows = tower(tf, weightsUnder('tower', weights, towerShapes(size)), items) // [I, K]
  return tf.matMul(wanted, rows, false, true)
}

/** V(s), [B, 1]. */
export function stateValue(
  tf: TensorFlow,
  weights: Weights<ActorCriticShapes>,
  observed: Observed,
  encoder: EncoderOptions,
): Tensor2D {
  const state = encode(tf, weightsUnder('critic', weights, encoderShapes(encoder)), observed, encoder) // [B, S]
  return value(tf, weightsUnder('value', weights, valueShapes(encoder.state)), state)
}
