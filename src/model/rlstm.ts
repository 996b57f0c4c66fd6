import type { Tensor2D } from '@tensorflow/tfjs-core'
import type { TensorFlow } from './backend.ts'

/**
 * What happens to the cell state after the forget gate.
 *
 * - `lift`: x(2 − |x|) on [−1, 1]. Odd, keeps sign and bounds, lifts what is small; our reading of the paper's RLSTM,
 *   whose formula is an image that we do not have.
 * - `identity`: nothing, which makes the cell an LSTM.
 */
export type Enhancement = 'lift' | 'identity'

/** Gates stand in the order forget, input, output, content. Shapes: R record, H hidden. */
export interface RlstmWeights {
  /** [R, 4H]. There is no bias: a record carries a constant 1, so that an all-zero (padding) record leaves a zero state at zero. */
  input: Tensor2D
  /** [H, 4H] */
  hidden: Tensor2D
}

interface Step {
  hidden: Tensor2D
  cell: Tensor2D
  gates: Tensor2D
  content: Tensor2D
  kept: Tensor2D
  squashed: Tensor2D
}

export interface RlstmPass {
  /** The hidden state after every record, [T·B, H], all first records first. */
  hiddens: Tensor2D
  /** The state after the last record, [B, H]. */
  hidden: Tensor2D
  cell: Tensor2D
  steps: Step[]
}

/**
 * Run the cell over a window: c′ = f ⊙ c, c″ = enhance(c′), c = c″ + i ⊙ g, h = o ⊙ tanh(c).
 *
 * Shapes: B batch, T records, R record, H hidden. `records` is [T·B, R], all first records first.
 */
export function rlstmForward(
  tf: TensorFlow,
  weights: RlstmWeights,
  records: Tensor2D,
  start: { hidden: Tensor2D; cell: Tensor2D },
  enhancement: Enhancement,
): RlstmPass {
  const [batch, width] = start.hidden.shape
  const projected = tf.matMul(records, weights.input) // [T·B, 4H]
  const steps: Step[] = []
  let { hidden, cell } = start
  for (let row = 0; row < records.shape[0]; row += batch) {
    const drive = tf.add(tf.slice(projected, [row, 0], [batch, 4 * width]), tf.matMul(hidden, weights.hidden)) // [B, 4H]
    const gates = tf.sigmoid(tf.slice(drive, [0, 0], [batch, 3 * width])) as Tensor2D // [B, 3H]
    const content = tf.tanh(tf.slice(drive, [0, 3 * width], [batch, width])) as Tensor2D // [B, H]
    const forget = tf.slice(gates, [0, 0], [batch, width])
    const input = tf.slice(gates, [0, width], [batch, width])
    const output = tf.slice(gates, [0, 2 * width], [batch, width])
    const kept = tf.mul(forget, cell) as Tensor2D // [B, H]
    const next = tf.add(enhance(tf, kept, enhancement), tf.mul(input, content)) as Tensor2D // [B, H]
    const squashed = tf.tanh(next) as Tensor2D // [B, H]
    steps.push({ hidden, cell, gates, content, kept, squashed })
    hidden = tf.mul(output, squashed) as Tensor2D // [B, H]
    cell = next
  }
  const hiddens = tf.concat([...steps.slice(1).map(step => step.hidden), hidden], 0) as Tensor2D // [T·B, H]
  return { hiddens, hidden, cell, steps }
}

/**
 * Gradients of the weights; the state before the window is a constant.
 *
 * `gradient` is that of the last hidden state, [B, H], or those of the hidden states after every record, [T·B, H].
 */
export function rlstmBackward(
  tf: TensorFlow,
  weights: RlstmWeights,
  records: Tensor2D,
  pass: RlstmPass,
  gradient: Tensor2D,
  enhancement: Enhancement,
): RlstmWeights {
  const [batch, width] = pass.hidden.shape
  const ofAll = gradient.shape[0] > batch
  const own = (step: number) => tf.slice(gradient, [step * batch, 0], [batch, width]) as Tensor2D // [B, H]
  const drives: Tensor2D[] = []
  let dHidden = ofAll ? own(pass.steps.length - 1) : gradient
  let dCell = tf.zeros([batch, width]) as Tensor2D
  for (const step of pass.steps.toReversed()) {
    const forget = tf.slice(step.gates, [0, 0], [batch, width])
    const input = tf.slice(step.gates, [0, width], [batch, width])
    const output = tf.slice(step.gates, [0, 2 * width], [batch, width])
    const dOutput = tf.mul(dHidden, step.squashed)
    const dSquashed = tf.mul(tf.mul(dHidden, output), tf.sub(1, tf.square(step.squashed)))
    const dNext = tf.add(dCell, dSquashed) // [B, H]
    const dKept = enhancement === 'lift' ? tf.mul(dNext, slope(tf, step.kept)) : dNext // [B, H]
    const dGates = tf.concat([tf.mul(dKept, step.cell), tf.mul(dNext, step.content), dOutput], 1) // [B, 3H]
    const dSigmoid = tf.mul(dGates, tf.mul(step.gates, tf.sub(1, step.gates)))
    const dContent = tf.mul(tf.mul(dNext, input), tf.sub(1, tf.square(step.content))) // [B, H]
    const drive = tf.concat([dSigmoid, dContent], 1) as Tensor2D // [B, 4H]
    drives.unshift(drive)
    dCell = tf.mul(dKept, forget) as Tensor2D
    const earlier = pass.steps.length - drives.length
    if (earlier === 0) break
    const through = tf.matMul(drive, weights.hidden, false, true) as Tensor2D // [B, H]
    dHidden = ofAll ? tf.add(through, own(earlier - 1)) : through
  }
  const all = tf.concat(drives, 0) // [T·B, 4H]
  const before = tf.concat(
    pass.steps.map(step => step.hidden),
    0,
  ) // [T·B, H]
  return { input: tf.matMul(records, all, true), hidden: tf.matMul(before, all, true) }
}

function enhance(tf: TensorFlow, kept: Tensor2D, enhancement: Enhancement): Tensor2D {
  if (enhancement === 'identity') return kept
  const bounded = tf.clipByValue(kept, -1, 1)
  return tf.mul(bounded, tf.sub(2, tf.abs(bounded)))
}

/** The slope of x(2 − |x|) on [−1, 1]: it reaches 0 at the bounds, where the clip takes over. */
const slope = (tf: TensorFlow, kept: Tensor2D) => tf.mul(2, tf.relu(tf.sub(1, tf.abs(kept))))
