import type { Tensor2D } from '@tensorflow/tfjs-core'
import type { Weighting } from '../../nn/attention.ts'
import { weightsBack } from '../../nn/dense.ts'
import { kernelsOf } from '../../nn/kernels/kernels-of.ts'
import { operation } from '../../nn/operation.ts'
import { fillNormal, type Parameters, type Shapes, type Weights } from '../../nn/parameters.ts'
import type { Enhancement } from '../../nn/rlstm.ts'
import type { TensorFlow } from '../../nn/tensorflow.ts'
import type { Random } from '../../state/random.ts'
import type { Catalogue } from '../catalogue.ts'
import type { InterestOptions } from '../options.ts'
import { longInterest, shortInterest } from './interests.ts'
import { contextSize, recordSize } from './record.ts'

/**
 * Sizes of a planning agent's state s = relu(W · [profile, context, long interest, short interest] + b), and its choices. With
 * more layers s goes through as many more of the same kind, S to S.
 */
export interface EncoderOptions {
  /** Numbers in a record, in a profile and in the context of a decision; records in the short window. */
  record: number
  profile: number
  context: number
  positions: number
  /** Units of the long interest (RLSTM) and of the short one (T-self-attention), and numbers in the state. */
  hidden: number
  short: number
  state: number
  layers: number
  /** The long interest's cell: RLSTM, LSTM, or none; how the short one weighs its records, or none. */
  long: Enhancement | 'none'
  weighting: Weighting | 'none'
}

/** The encoder of an agent with these options, over what a catalogue holds. */
export const encoderOf = (
  o: InterestOptions,
  catalogue: Pick<Catalogue, 'itemSize' | 'profileSize'>,
): EncoderOptions => ({
  ...{ record: recordSize(catalogue), profile: catalogue.profileSize, context: contextSize, positions: 5 },
  ...{ hidden: o.hidden, short: o.hidden, state: o.state, layers: o.hiddenLayers },
  ...{ long: o.long, weighting: o.short },
})

/** What a batch of users has been shown. B batch, T positions, R record, H hidden, P profile, C context. */
export interface Observed {
  /** [T·B, R], all first records first; all-zero records pad the front. */
  records: Tensor2D
  /** The recurrent state that stood before the window, [B, H] each. */
  hidden: Tensor2D
  cell: Tensor2D
  /** [B, P + C] */
  rest: Tensor2D
}

export const longUnits = (o: EncoderOptions) => (o.long === 'none' ? 0 : o.hidden)
export const shortUnits = (o: EncoderOptions) => (o.weighting === 'none' ? 0 : o.short)
const inputs = (o: EncoderOptions) => o.profile + o.context + longUnits(o) + shortUnits(o)

export const encoderShapes = (o: EncoderOptions) =>
  ({
    input: [o.record, 4 * longUnits(o)],
    recurrent: [longUnits(o), 4 * longUnits(o)],
    attention: [o.positions * o.record, 3 * shortUnits(o)],
    state: [inputs(o), o.state],
    stateBias: [1, o.state],
    deeper: [(o.layers - 1) * o.state, o.state],
    deeperBias: [o.layers - 1, o.state],
  }) as const
export type EncoderShapes = ReturnType<typeof encoderShapes>

export function fillEncoder<S extends EncoderShapes & Shapes>(
  parameters: Parameters<S>,
  options: EncoderOptions,
  random: Random,
): void {
  const driven = options.record + options.hidden
  fillNormal(parameters.view('input'), spread(driven), random)
  fillNormal(parameters.view('recurrent'), spread(driven), random)
  fillNormal(parameters.view('attention'), spread(options.record), random)
  fillNormal(parameters.view('state'), spread(inputs(options)), random)
  fillNormal(parameters.view('deeper'), spread(options.state), random)
  // The record's last number is the constant 1, so this is the forget gate's bias: remember, to begin with.
  const units = longUnits(options)
  const constant = (options.record - 1) * 4 * units
  parameters.view('input').fill(1, constant, constant + units)
}

/** Standard deviation of first weights: a third of the variance that keeps a signal's size, so that networks start out calm. */
export const spread = (inputs: number) => Math.sqrt(1 / (3 * inputs))

/** The state of every user in the batch, [B, S]; differentiable in the weights, which are a network's own. */
export function encode(
  tf: TensorFlow,
  weights: Weights<EncoderShapes>,
  observed: Observed,
  options: EncoderOptions,
): Tensor2D {
  const kernels = kernelsOf(tf)
  const { long, weighting, positions } = options
  const cell = { input: weights.input, hidden: weights.recurrent }
  const interests = [
    ...(long === 'none' ? [] : [longInterest(tf, cell, observed.records, observed, long)]),
    ...(weighting === 'none' ? [] : [shortInterest(tf, weights.attention, observed.records, positions, weighting)]),
  ]
  const deeper = options.layers > 1 ? [weights.deeper, weights.deeperBias] : []
  const all = [...interests.flatMap(interest => interest.weights), weights.state, weights.stateBias, ...deeper]
  return operation(tf, all, (_, hasWayBack) => {
    const passes = interests.map(interest => interest.run(hasWayBack))
    const layers = stateLayers(tf, weights, options)
    const steps = [tf.concat([observed.rest, ...passes.map(pass => pass.value)], 1) as Tensor2D]
    for (const { matrix, bias } of layers) steps.push(kernels.layer(steps.at(-1)!, matrix, bias, true)) // [B, S]
    const value = steps.pop()!
    return {
      value,
      kept: [
        ...steps,
        ...layers.slice(1).flatMap(Object.values),
        ...passes.flatMap(pass => [pass.value, ...pass.kept]),
      ],
      back(gradient) {
        const outputs = [...steps.slice(1), value]
        const own: [Tensor2D, Tensor2D][] = []
        let reached = gradient
        for (let layer = layers.length - 1; layer >= 0; layer--) {
          const through = kernels.throughRelu(reached, outputs[layer]!) // [B, S]
          own.unshift(weightsBack(kernels, steps[layer]!, through))
          if (layer > 0 || passes.length > 0) reached = kernels.product(through, layers[layer]!.matrix, false, true)
        }
        let from = observed.rest.shape[1]
        const ofInterests = passes.map(pass => {
          const part = tf.slice2d(reached, [0, from], pass.value.shape)
          from += pass.value.shape[1]
          return pass.back(part)
        })
        const [first, ...rest] = own
        const joined = (ofLayers: Tensor2D[]) => (ofLayers.length === 0 ? [] : [tf.concat(ofLayers, 0) as Tensor2D])
        const ofDeeper = [...joined(rest.map(([matrix]) => matrix)), ...joined(rest.map(([, bias]) => bias))]
        return [...ofInterests.flat(), ...first!, ...ofDeeper]
      },
    }
  })
}

/** Weights of the layers from the interests to the state, first to last. */
function stateLayers(
  tf: TensorFlow,
  weights: Weights<EncoderShapes>,
  { layers, state }: EncoderOptions,
): { matrix: Tensor2D; bias: Tensor2D }[] {
  const deeper = Array.from({ length: layers - 1 }, (_, layer) => ({
    matrix: tf.slice2d(weights.deeper, [layer * state, 0], [state, state]),
    bias: tf.slice2d(weights.deeperBias, [layer, 0], [1, state]),
  }))
  return [{ matrix: weights.state, bias: weights.stateBias }, ...deeper]
}
