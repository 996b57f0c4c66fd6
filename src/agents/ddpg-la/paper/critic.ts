import type { Tensor2D } from '@tensorflow/tfjs-core'
import { mlpBackward, mlpForward, mlpInputGradient, mlpShapes } from '../../../nn/mlp.ts'
import { createParameters, flatten, type Parameters, toTensors } from '../../../nn/parameters.ts'
import type { TensorFlow } from '../../../nn/tensorflow.ts'
import type { Random } from '../../../state/random.ts'
import { fillHead, headSizes } from './actor.ts'

/** Q(s, a): the discounted sum of rewards after giving action a in state s. N states, D numbers in each. */
export interface Critic {
  readonly weights: Parameters<ReturnType<typeof mlpShapes>>
  /** [N]; all of these within tf.tidy. */
  values(state: Tensor2D, actions: Float32Array): Float32Array
  /** Mean squared distance of Q to its goals, and its gradient; a transition with a NaN goal does not count. */
  loss(state: Tensor2D, actions: Float32Array, goals: Float32Array): { loss: number; gradient: Float32Array }
  /** Q and dQ/da, [N] each. */
  slopes(state: Tensor2D, actions: Float32Array): { values: Float32Array; slopes: Float32Array }
}

/** `actionScale` is what actions are multiplied by before they stand beside the state. */
export function createCritic(tf: TensorFlow, stateWidth: number, actionScale: number, random: Random): Critic {
  const weights = createParameters(mlpShapes(stateWidth + 1, headSizes))
  fillHead(weights, stateWidth + 1, random)
  const gradient = new Float32Array(weights.values.length)
  const forward = (state: Tensor2D, actions: Float32Array) => {
    const tensors = toTensors(tf, weights)
    const action = tf.tensor2d(
      actions.map(each => actionScale * each),
      [actions.length, 1],
    )
    return { tensors, pass: mlpForward(tf, tensors, tf.concat([state, action], 1) as Tensor2D) } // [N, D + 1]
  }
  return {
    weights,
    values: (state, actions) => forward(state, actions).pass.output.dataSync() as Float32Array,
    loss(state, actions, goals) {
      const { tensors, pass } = forward(state, actions)
      const surprise = (pass.output.dataSync() as Float32Array).map((value, n) => value - goals[n]!)
      let [loss, count] = [0, 0]
      for (const each of surprise) {
        if (Number.isNaN(each)) continue
        loss += each * each
        count += 1
      }
      if (count === 0) return { loss: 0, gradient: gradient.fill(0) }
      const dValues = surprise.map(each => (Number.isNaN(each) ? 0 : (2 * each) / count))
      flatten(weights, mlpBackward(tf, tensors, pass, tf.tensor2d(dValues, [dValues.length, 1])).weights, gradient)
      return { loss: loss / count, gradient }
    },
    slopes(state, actions) {
      const { tensors, pass } = forward(state, actions)
      const scales = tf.fill(pass.output.shape, actionScale) as Tensor2D // [N, 1]
      return {
        values: pass.output.dataSync() as Float32Array,
        slopes: mlpInputGradient(tf, tensors, pass, scales, stateWidth, 1).dataSync() as Float32Array,
      }
    },
  }
}
