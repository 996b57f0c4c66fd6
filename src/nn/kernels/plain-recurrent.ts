import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core'
import type { TensorFlow } from '../tensorflow.ts'
import type { Enhancement, RecurrentKernel } from './recurrent.ts'

/** The recurrent cell in plain TensorFlow.js operations, right on every backend: what the faster ones are held against. */
export function plainRecurrent(tf: TensorFlow): RecurrentKernel {
  return {
    forward(weights, records, start, enhancement) {
      const [batch, width] = start.hidden.shape
      const projected = tf.matMul(records, weights.input) // [T·B, 4H]
      const tape: Tensor[] = []
      const hiddens: Tensor2D[] = []
      let { hidden, cell } = start
      for (let row = 0; row < records.shape[0]; row += batch) {
        const driven = tf.slice(projected, [row, 0], [batch, 4 * width])
        const drive = tf.add(driven, tf.matMul(hidden, weights.hidden)) // [B, 4H]
        const gates = tf.sigmoid(tf.slice(drive, [0, 0], [batch, 3 * width])) // [B, 3H]
        const content = tf.tanh(tf.slice(drive, [0, 3 * width], [batch, width])) // [B, H]
        const [forget, input, output] = tf.split(gates, 3, 1) as [Tensor2D, Tensor2D, Tensor2D] // [B, H]
        const kept = tf.mul(forget, cell) as Tensor2D // [B, H]
        const next = tf.add(enhance(tf, kept, enhancement), tf.mul(input, content)) as Tensor2D // [B, H]
        const squashed = tf.tanh(next) // [B, H]
        tape.push(hidden, cell, forget, input, output, content, kept, squashed)
        hidden = tf.mul(output, squashed) as Tensor2D // [B, H]
        cell = next
        hiddens.push(hidden)
      }
      return { hiddens: tf.concat(hiddens, 0), hidden, cell, tape }
    },

    backward(weights, records, pass, gradient, enhancement) {
      const [batch, width] = pass.hidden.shape
      const steps = Array.from({ length: pass.tape.length / tapeWidth }, (_, t) =>
        pass.tape.slice(t * tapeWidth, (t + 1) * tapeWidth),
      ) as [Tensor2D, ...Tensor[]][]
      const ofAll = gradient.shape[0] > batch
      const own = (step: number) => tf.slice(gradient, [step * batch, 0], [batch, width]) as Tensor2D // [B, H]
      const drives: Tensor2D[] = []
      let dHidden: Tensor = ofAll ? own(steps.length - 1) : gradient
      let dCell: Tensor = tf.zeros([batch, width])
      for (const [, cell, forget, input, output, content, kept, squashed] of steps.toReversed() as Tensor[][]) {
        const dSquashed = tf.mul(tf.mul(dHidden, output!), tf.sub(1, tf.square(squashed!)))
        const dNext = tf.add(dCell, dSquashed) // [B, H]
        const dKept = enhancement === 'rlstm' ? tf.mul(dNext, slope(tf, kept!)) : dNext // [B, H]
        const drive = tf.concat(
          [
            tf.mul(tf.mul(dKept, cell!), sigmoidSlope(tf, forget!)),
            tf.mul(tf.mul(dNext, content!), sigmoidSlope(tf, input!)),
            tf.mul(tf.mul(dHidden, squashed!), sigmoidSlope(tf, output!)),
            tf.mul(tf.mul(dNext, input!), tf.sub(1, tf.square(content!))),
          ],
          1,
        ) as Tensor2D // [B, 4H]
        drives.unshift(drive)
        const earlier = steps.length - drives.length
        if (earlier === 0) break
        dCell = tf.mul(dKept, forget!)
        const through = tf.matMul(drive, weights.hidden, false, true) // [B, H]
        dHidden = ofAll ? tf.add(through, own(earlier - 1)) : through
      }
      const all = tf.concat(drives, 0) // [T·B, 4H]
      const before = tf.concat(
        steps.map(([hidden]) => hidden),
        0,
      ) // [T·B, H]
      return { input: tf.matMul(records, all, true), hidden: tf.matMul(before, all, true) }
    },
  }
}

/** Tensors on the tape for each record. */
const tapeWidth = 8

function enhance(tf: TensorFlow, kept: Tensor, enhancement: Enhancement): Tensor {
  if (enhancement === 'lstm') return kept
  const bounded = tf.clipByValue(kept, -1, 1)
  return tf.mul(bounded, tf.sub(2, tf.abs(bounded)))
}

/** The slope of x(2 − |x|) on [−1, 1]: it reaches 0 at the bounds, where the clip takes over. */
const slope = (tf: TensorFlow, kept: Tensor) => tf.mul(2, tf.relu(tf.sub(1, tf.abs(kept))))

const sigmoidSlope = (tf: TensorFlow, gate: Tensor) => tf.mul(gate, tf.sub(1, gate))
