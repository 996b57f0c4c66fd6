import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core'
import { attentionBackward, attentionForward, type Weighting } from '../../nn/attention.ts'
import { dense } from '../../nn/dense.ts'
import { fillNormal, type Parameters, type Shapes, type Weights } from '../../nn/parameters.ts'
import { type Enhancement, rlstmBackward, rlstmForward } from '../../nn/rlstm.ts'
import type { TensorFlow } from '../../nn/tensorflow.ts'
import type { Random } from '../../state/random.ts'
import type { Catalogue } from '../catalogue.ts'
import type { InterestOptions } from '../options.ts'
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

/** The state of every user in the batch, [B, S]; differentiable in the weights. */
export function encode(
  tf: TensorFlow,
  weights: Weights<EncoderShapes>,
  observed: Observed,
  options: EncoderOptions,
): Tensor2D {
  const parts = [
    observed.rest,
    ...(options.long === 'none' ? [] : [longInterest(tf, weights, observed, options.long)]), // [B, H]
    ...(options.weighting === 'none'
      ? []
      : [shortInterest(tf, weights.attention, observed.records, options.positions, options.weighting)]), // [B, A]
  ]
  let state = dense(tf, tf.concat(parts, 1) as Tensor2D, weights.state, weights.stateBias, true) // [B, S]
  for (let layer = 0; layer < options.layers - 1; layer++) {
    const matrix = tf.slice2d(weights.deeper, [layer * options.state, 0], [options.state, options.state])
    state = dense(tf, state, matrix, tf.slice2d(weights.deeperBias, [layer, 0], [1, options.state]), true)
  }
  return state
}

/** The cell over the window from the stored state, which is a constant: gradients reach the window's records only. */
function longInterest(
  tf: TensorFlow,
  { input, recurrent }: Weights<EncoderShapes>,
  { records, hidden, cell }: Observed,
  enhancement: Enhancement,
): Tensor2D {
  const run = tf.customGrad((...given) => {
    const [input, recurrent, save] = given as unknown as [Tensor2D, Tensor2D, (tensors: Tensor[]) => void]
    const weights = { input, hidden: recurrent }
    const pass = rlstmForward(tf, weights, records, { hidden, cell }, enhancement)
    save([input, recurrent, pass.hidden, pass.cell, pass.hiddens, ...pass.tape])
    return {
      value: pass.hidden,
      gradFunc: (gradient: Tensor, saved: Tensor[]) => {
        const [input, recurrent, last, lastCell, hiddens, ...tape] = saved as Tensor2D[]
        const pass = { hidden: last!, cell: lastCell!, hiddens: hiddens!, tape: tape as readonly Tensor[] }
        const back = rlstmBackward(
          tf,
          { input: input!, hidden: recurrent! },
          records,
          pass,
          gradient as Tensor2D,
          enhancement,
        )
        return [back.input, back.hidden]
      },
    }
  })
  return run(input, recurrent) as Tensor2D
}

function shortInterest(
  tf: TensorFlow,
  weights: Tensor2D,
  records: Tensor2D,
  positions: number,
  weighting: Weighting,
): Tensor2D {
  const attend = tf.customGrad((...given) => {
    const [weights, save] = given as unknown as [Tensor2D, (tensors: Tensor[]) => void]
    const pass = attentionForward(tf, weights, records, positions, weighting)
    save([pass.projected, pass.shares, pass.mixed])
    return {
      value: pass.output,
      gradFunc: (gradient: Tensor, saved: Tensor[]) => {
        const [projected, shares, mixed] = saved as [Tensor2D, Tensor2D, Tensor2D]
        const kept = { output: pass.output, projected, shares, mixed }
        return [attentionBackward(tf, records, kept, gradient as Tensor2D, weighting)]
      },
    }
  })
  return attend(weights) as Tensor2D
}
