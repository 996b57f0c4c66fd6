import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core'
import type { TensorFlow } from './tensorflow.ts'

/** An operation as it was done. */
export interface OperationPass {
  value: Tensor2D
  /** What was made on the way and is needed on the way back; never a tensor that was there before. */
  kept: readonly Tensor[]
  /** Gradients of the inputs, in their order, for one on the value. */
  back: (gradient: Tensor2D) => Tensor2D[]
}

/** Tensors that last until the gradient is there; null while none is asked for. */
let lasting: Set<Tensor> | null = null

/**
 * One operation with a way back of its own, differentiable in its inputs: what TensorFlow.js tapes of it is one entry.
 *
 *     operation(tf, [x], ([x]) => ({ value: tf.square(x), kept: [], back: d => [tf.mul(tf.mul(2, x), d)] }))
 *
 * What it keeps is kept as it is, where the tape of TensorFlow.js copies what it saves.
 */
export function operation(
  tf: TensorFlow,
  inputs: readonly Tensor2D[],
  run: (inputs: readonly Tensor2D[], hasWayBack: boolean) => OperationPass,
): Tensor2D {
  const call = tf.customGrad(() => {
    const pass = run(
      inputs.map(input => lastingInput(tf, input)),
      lasting !== null,
    )
    for (const tensor of [pass.value, ...pass.kept]) last(tf, tensor)
    return { value: pass.value, gradFunc: gradient => pass.back(gradient as Tensor2D) }
  })
  return call(...inputs) as Tensor2D
}

/** Work out a gradient: what operations keep meanwhile is given back in the end; `weights` outlast it by themselves. */
export function whileKept<T>(weights: readonly Tensor[], body: () => T): T {
  const outer = lasting
  const own = new Set(weights)
  lasting = own
  try {
    return body()
  } finally {
    lasting = outer
    for (const tensor of own) tensor.dispose()
  }
}

function last(tf: TensorFlow, tensor: Tensor): void {
  lasting?.add(tf.keep(tensor))
}

/** An input of its own life is gone before the way back, so a copy of it stays. */
function lastingInput(tf: TensorFlow, input: Tensor2D): Tensor2D {
  if (lasting === null || lasting.has(input)) return input
  const copy = tf.clone(input)
  last(tf, copy)
  return copy
}
