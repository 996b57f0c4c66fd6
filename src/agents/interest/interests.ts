import type { Tensor2D } from '@tensorflow/tfjs-core'
import { attentionBackward, attentionForward, type Weighting } from '../../nn/attention.ts'
import type { OperationPass } from '../../nn/operation.ts'
import {
  type Enhancement,
  type RecurrentState,
  type RlstmWeights,
  rlstmBackward,
  rlstmForward,
} from '../../nn/rlstm.ts'
import type { TensorFlow } from '../../nn/tensorflow.ts'

/** One of the two interests: the weights that it is made by, and its pass, whose way back gives their gradients. */
export interface Interest {
  readonly weights: readonly Tensor2D[]
  run(hasWayBack: boolean): OperationPass
}

/** The cell over the window from the stored state, which is a constant: gradients reach the window's records only. */
export function longInterest(
  tf: TensorFlow,
  weights: RlstmWeights,
  records: Tensor2D,
  start: RecurrentState,
  enhancement: Enhancement,
): Interest {
  return {
    weights: [weights.input, weights.hidden],
    run(hasWayBack) {
      const pass = rlstmForward(tf, weights, records, start, enhancement, hasWayBack)
      return {
        value: pass.hidden,
        kept: [pass.cell, ...pass.tape].filter(tensor => tensor !== start.hidden && tensor !== start.cell),
        back(gradient) {
          const back = rlstmBackward(tf, weights, records, pass, gradient, enhancement)
          return [back.input, back.hidden]
        },
      }
    },
  }
}

/** Attention over the window's records. */
export function shortInterest(
  tf: TensorFlow,
  weights: Tensor2D,
  records: Tensor2D,
  positions: number,
  weighting: Weighting,
): Interest {
  return {
    weights: [weights],
    run() {
      const pass = attentionForward(tf, weights, records, positions, weighting)
      return {
        value: pass.output,
        kept: [pass.projected, pass.shares, pass.mixed],
        back: gradient => [attentionBackward(tf, records, pass, gradient, weighting)],
      }
    },
  }
}
