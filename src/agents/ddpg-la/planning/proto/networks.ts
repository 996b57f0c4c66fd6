import type { Tensor2D } from '@tensorflow/tfjs-core'
import {
  createParameters,
  type Parameters,
  parametersUnder,
  shapesUnder,
  type Weights,
  weightsUnder,
} from '../../../../nn/parameters.ts'
import type { TensorFlow } from '../../../../nn/tensorflow.ts'
import type { Random } from '../../../../state/random.ts'
import { type EncoderOptions, encoderShapes, fillEncoder } from '../../../interest/encoder.ts'
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
} from '../../../interest/heads.ts'

/** μ(s): an encoder of its own, and the direction in item space that it points to. D item vector. */
export const actorShapes = (o: EncoderOptions, items: number) => ({
  ...shapesUnder('encoder', encoderShapes(o)),
  ...shapesUnder('direction', directionShapes(o.state, items)),
})
export type ActorShapes = ReturnType<typeof actorShapes>

/** Q(s, a) = V(s) + f(s)·t(a), twice, upon one encoder. */
export const criticShapes = (o: EncoderOptions, items: number) => ({
  ...shapesUnder('encoder', encoderShapes(o)),
  ...shapesUnder('first', oneCritic(o, items)),
  ...shapesUnder('second', oneCritic(o, items)),
})
export type CriticShapes = ReturnType<typeof criticShapes>

const oneCritic = (o: EncoderOptions, items: number) => ({
  ...shapesUnder('value', valueShapes(o.state)),
  ...shapesUnder('weight', directionShapes(o.state, towerSize(items))),
  ...shapesUnder('tower', towerShapes(items)),
})

export function createActor(
  options: EncoderOptions,
  items: number,
  anchor: number,
  random: Random,
): Parameters<ActorShapes> {
  const actor = createParameters(actorShapes(options, items))
  fillEncoder(parametersUnder('encoder', actor, encoderShapes(options)), options, random)
  const head = parametersUnder('direction', actor, directionShapes(options.state, items))
  fillDirection(head, { scale: anchor > 0 ? 0.1 : 1, anchor }, random)
  return actor
}

export function createCritic(options: EncoderOptions, items: number, random: Random): Parameters<CriticShapes> {
  const critic = createParameters(criticShapes(options, items))
  fillEncoder(parametersUnder('encoder', critic, encoderShapes(options)), options, random)
  for (const which of ['first', 'second'] as const) {
    const one = parametersUnder(which, critic, oneCritic(options, items))
    fillValue(parametersUnder('value', one, valueShapes(options.state)), random)
    const weight = parametersUnder('weight', one, directionShapes(options.state, towerSize(items)))
    fillDirection(weight, { scale: 0.1, anchor: 0 }, random)
    fillTower(parametersUnder('tower', one, towerShapes(items)), random)
  }
  return critic
}

/** The proto-action, [B, D], of length one. */
export function protoAction(tf: TensorFlow, weights: Weights<ActorShapes>, state: Tensor2D, taste: Tensor2D): Tensor2D {
  const shapes = directionShapes(state.shape[1], taste.shape[1])
  const raw = direction(tf, weightsUnder('direction', weights, shapes), state, taste) // [B, D]
  const length = tf.sqrt(tf.add(tf.sum(tf.square(raw), 1, true), 1e-8)) // [B, 1]
  return tf.div(raw, length)
}

/** V(s), [B, 1], f(s), [B, K], and t(a), [N, K], of one of the twins. */
function qParts(
  tf: TensorFlow,
  weights: Weights<CriticShapes>,
  which: 'first' | 'second',
  state: Tensor2D,
  taste: Tensor2D,
  actions: Tensor2D,
) {
  const [items, states] = [taste.shape[1], state.shape[1]]
  const one = weightsUnder(which, weights, oneCritic({ state: states } as EncoderOptions, items))
  const shapes = directionShapes(states, towerSize(items))
  return {
    base: value(tf, weightsUnder('value', one, valueShapes(states)), state),
    weight: direction(tf, weightsUnder('weight', one, shapes), state, taste),
    valued: tower(tf, weightsUnder('tower', one, towerShapes(items)), actions),
  }
}

/** Q(s, a), [B, 1], of one of the twins, for actions [B, D]. */
export function actionValue(
  tf: TensorFlow,
  weights: Weights<CriticShapes>,
  which: 'first' | 'second',
  state: Tensor2D,
  taste: Tensor2D,
  action: Tensor2D,
): Tensor2D {
  const { base, weight, valued } = qParts(tf, weights, which, state, taste, action)
  return tf.add(base, tf.sum(tf.mul(weight, valued), 1, true))
}

/** Q(s, i) of every item, [B, I], of one of the twins, for item vectors [I, D] of length one. */
export function itemValues(
  tf: TensorFlow,
  weights: Weights<CriticShapes>,
  which: 'first' | 'second',
  state: Tensor2D,
  taste: Tensor2D,
  items: Tensor2D,
): Tensor2D {
  const { base, weight, valued } = qParts(tf, weights, which, state, taste, items)
  return tf.add(base, tf.matMul(weight, valued, false, true))
}
