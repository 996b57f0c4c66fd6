import type { Tensor2D } from '@tensorflow/tfjs-core'
import { type AttentionPass, attentionBackward, attentionForward, type Weighting } from '../../../nn/attention.ts'
import { kernelsOf } from '../../../nn/kernels/kernels-of.ts'
import { inputGradient, type MlpPass, mlpBackward, mlpForward, mlpInputGradient, mlpShapes } from '../../../nn/mlp.ts'
import { createParameters, fillNormal, type Parameters, type Weights } from '../../../nn/parameters.ts'
import { type Enhancement, type RlstmPass, rlstmBackward, rlstmForward } from '../../../nn/rlstm.ts'
import type { TensorFlow } from '../../../nn/tensorflow.ts'
import type { Random } from '../../../state/random.ts'
import { type ActorForm, outputsOf, skips } from './forms.ts'

/** Sizes of DDPG-LA's networks and the choices its ablations vary. */
export interface NetworkOptions {
  /** Numbers in a record, records in the window. */
  record: number
  positions: number
  /** Numbers in the profile and in the candidate part of the state. */
  profile: number
  candidate: number
  /** Units of the long interest (RLSTM) and of the short one (T-self-attention). */
  hidden: number
  short: number
  /** The long interest's cell, and how the short one weighs its records; `none` leaves that interest out. */
  enhancement: Enhancement | 'none'
  weighting: Weighting | 'none'
  /** What comes of the actor's output. */
  form: ActorForm
  /**
   * The window's first records, which bring the stored state up to today's weights and are not trained on.
   *
   * A stored state was computed with the weights of its time (R2D2: Kapturowski et al. 2019).
   */
  burnIn: number
}

/** Sizes of the two hidden layers of actor and critic; larger ones predicted no better and made lists slower. */
export const headSizes = [32, 16] as const

export const longSize = (o: NetworkOptions) => (o.enhancement === 'none' ? 0 : o.hidden)
export const shortSize = (o: NetworkOptions) => (o.weighting === 'none' ? 0 : o.short)
export const stateSize = (o: NetworkOptions) => longSize(o) + shortSize(o) + o.profile + o.candidate

export const actorShapes = (o: NetworkOptions) =>
  ({
    input: [o.record, 4 * o.hidden],
    hidden: [o.hidden, 4 * o.hidden],
    attention: [o.positions * o.record, 3 * o.short],
    ...mlpShapes(stateSize(o), headSizes, outputsOf(o.form)),
    // Straight from profile and candidate to the outputs.
    skip: [skips(o.form) ? o.profile + o.candidate : 0, outputsOf(o.form)],
  }) as const
export type ActorShapes = ReturnType<typeof actorShapes>

/** The critic sees the state, the action and how far the action is from the base. */
export const criticShapes = (o: NetworkOptions) => mlpShapes(stateSize(o) + 2, headSizes)
export type CriticShapes = ReturnType<typeof criticShapes>

/** An actor that adds exactly nothing to its base: the last layer starts at zero. */
export function createActor(options: NetworkOptions, random: Random): Parameters<ActorShapes> {
  const actor = createParameters(actorShapes(options))
  fillNormal(actor.view('input'), 1 / Math.sqrt(options.record), random)
  fillNormal(actor.view('hidden'), 1 / Math.sqrt(options.hidden), random)
  fillNormal(actor.view('attention'), 1 / Math.sqrt(options.record), random)
  fillNormal(actor.view('first'), Math.sqrt(2 / stateSize(options)), random)
  fillNormal(actor.view('second'), Math.sqrt(2 / headSizes[0]), random)
  // The record's last number is the constant 1, so this is the forget gate's bias: remember, to begin with.
  const constant = (options.record - 1) * 4 * options.hidden
  actor.view('input').fill(1, constant, constant + options.hidden)
  return actor
}

export function createCritic(options: NetworkOptions, random: Random): Parameters<CriticShapes> {
  const critic = createParameters(criticShapes(options))
  fillNormal(critic.view('first'), Math.sqrt(2 / (stateSize(options) + 2)), random)
  fillNormal(critic.view('second'), Math.sqrt(2 / headSizes[0]), random)
  fillNormal(critic.view('last'), Math.sqrt(1 / headSizes[1]), random)
  return critic
}

/** A batch of transitions as tensors. B batch, T positions, R record, H hidden, P profile, C candidate. */
export interface Batch {
  records: Tensor2D // [T·B, R]
  hidden: Tensor2D // [B, H]
  cell: Tensor2D // [B, H]
  rest: Tensor2D // [B, P + C]
}

export interface ActorPass {
  /** The records that are trained on, after those of the burn-in, and the cell's run over them. */
  long: { records: Tensor2D; pass: RlstmPass } | null
  short: AttentionPass | null
  /** s = [long, short, profile, candidate]. */
  state: Tensor2D
  head: MlpPass
  /** The first is what the actor adds to the base, [B, O]. */
  output: Tensor2D
}

/** μ(s): the state from both interests, and what the actor adds to the base, first of `output`, [B, O]. `mask` is one of dropout. */
export function actorForward(
  tf: TensorFlow,
  weights: Weights<ActorShapes>,
  batch: Batch,
  options: NetworkOptions,
  mask: Tensor2D | null = null,
): ActorPass {
  const { enhancement, weighting, positions } = options
  const long = enhancement === 'none' ? null : longForward(tf, weights, batch, { ...options, enhancement })
  const short =
    weighting === 'none' ? null : attentionForward(tf, weights.attention, batch.records, positions, weighting)
  const parts = [long?.pass.hidden, short?.output, batch.rest].filter(part => part !== undefined)
  const state = tf.concat(parts, 1) as Tensor2D // [B, H + S + P + C]
  const head = mlpForward(tf, weights, state, mask)
  const output = skips(options.form)
    ? tf.add<Tensor2D>(head.output, kernelsOf(tf).product(batch.rest, weights.skip))
    : head.output
  return { long, short, state, head, output }
}

/** The cell over the window from the stored state, in two runs: gradients stop between burn-in and what is trained. */
function longForward(
  tf: TensorFlow,
  weights: Weights<ActorShapes>,
  batch: Batch,
  { record, burnIn, enhancement }: NetworkOptions & { enhancement: Enhancement },
) {
  const rows = batch.hidden.shape[0] * burnIn
  const window = (from: number, count: number) => tf.slice(batch.records, [from, 0], [count, record])
  const start = burnIn === 0 ? batch : rlstmForward(tf, weights, window(0, rows), batch, enhancement)
  const records = burnIn === 0 ? batch.records : window(rows, batch.records.shape[0] - rows) // [(T − burn-in)·B, R]
  return { records, pass: rlstmForward(tf, weights, records, start, enhancement) }
}

/** Gradients of the actor's weights for a gradient on its outputs, [B, O]. */
export function actorBackward(
  tf: TensorFlow,
  weights: Weights<ActorShapes>,
  batch: Batch,
  pass: ActorPass,
  gradient: Tensor2D,
  options: NetworkOptions,
): Weights<ActorShapes> {
  const { enhancement, weighting } = options
  const [longs, shorts] = [longSize(options), shortSize(options)]
  const head = mlpBackward(tf, weights, pass.head, gradient)
  const part = (from: number, count: number) => inputGradient(tf, weights, head.dFirst, from, count) // [B, count]
  const nothing = (weight: Tensor2D) => tf.zerosLike(weight)
  const long =
    enhancement === 'none' || pass.long === null
      ? { input: nothing(weights.input), hidden: nothing(weights.hidden) }
      : rlstmBackward(tf, weights, pass.long.records, pass.long.pass, part(0, longs), enhancement)
  const attention =
    weighting === 'none' || pass.short === null
      ? nothing(weights.attention)
      : attentionBackward(tf, batch.records, pass.short, part(longs, shorts), weighting)
  const skip = skips(options.form) ? kernelsOf(tf).product(batch.rest, gradient, true) : nothing(weights.skip) // [P + C, O]
  return { ...long, attention, ...head.weights, skip }
}

/** Q(s, a), [B, 1]. Actions and base, B numbers in [0, 1]; the distance to the base is stretched, since it is what matters. */
export function criticForward(
  tf: TensorFlow,
  weights: Weights<CriticShapes>,
  state: Tensor2D,
  actions: Float32Array,
  bases: Float32Array,
): MlpPass {
  // Columns of one number each cost a backend more to start on than a loop takes.
  const ends = new Float32Array(2 * actions.length)
  for (let b = 0; b < actions.length; b++) {
    ends[2 * b] = actionScale * actions[b]!
    ends[2 * b + 1] = distanceScale * Math.fround(actions[b]! - bases[b]!)
  }
  return mlpForward(tf, weights, tf.concat([state, tf.tensor2d(ends, [actions.length, 2])], 1) as Tensor2D)
}

/** dQ/da of every row, for a gradient of one on every Q. */
export function actionGradient(tf: TensorFlow, weights: Weights<CriticShapes>, pass: MlpPass): Float32Array {
  const size = pass.input.shape[1] - 2
  const ends = mlpInputGradient(tf, weights, pass, tf.onesLike(pass.output), size, 2).dataSync() // [B, 2]
  return Float32Array.from({ length: ends.length / 2 }, (_, b) => {
    return actionScale * ends[2 * b]! + distanceScale * ends[2 * b + 1]!
  })
}

/** An action lies in [0, 1], and what matters is how far it is from the base: both are stretched for the critic. */
export const actionScale = 2
export const distanceScale = 8
