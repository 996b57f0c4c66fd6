import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core'

/**
 * What happens to the cell state after the forget gate.
 *
 * - `rlstm`: x(2 − |x|) on [−1, 1]. Odd, keeps sign and bounds, lifts what is small; our reading of the paper's RLSTM,
 *   whose formula is an image that we do not have.
 * - `lstm`: nothing.
 */
export type Enhancement = 'rlstm' | 'lstm'

/** Gates stand in the order forget, input, output, content. Shapes: R record, H hidden. */
export interface RlstmWeights {
  /** [R, 4H]. There is no bias: a record carries a constant 1, so that an all-zero (padding) record leaves a zero state at zero. */
  input: Tensor2D
  /** [H, 4H] */
  hidden: Tensor2D
}

export interface RecurrentState {
  hidden: Tensor2D // [B, H]
  cell: Tensor2D // [B, H]
}

export interface RlstmPass extends RecurrentState {
  /** The hidden state after every record, [T·B, H], all first records first; `hidden` and `cell` are the last ones. */
  hiddens: Tensor2D
  /** What the same backend needs on the way back. */
  tape: readonly Tensor[]
}

/** Forward and backward pass of the recurrent cell over a window, as one backend does it best. */
export interface RecurrentKernel {
  /** The tape may be empty where no way back is asked for. */
  forward(
    weights: RlstmWeights,
    records: Tensor2D,
    start: RecurrentState,
    enhancement: Enhancement,
    hasWayBack: boolean,
  ): RlstmPass
  backward(
    weights: RlstmWeights,
    records: Tensor2D,
    pass: RlstmPass,
    gradient: Tensor2D,
    enhancement: Enhancement,
  ): RlstmWeights
}
