import { forwardMemory } from '../../nn/forward-memory.ts'

/** One dense layer in plain arrays, for serving: the same bits on every backend and however events are batched. */
export interface ForwardDense {
  /** Length of the result. */
  readonly width: number
  load(weights: Float32Array, bias: Float32Array): void
  /** result = input · weights + bias, through ReLU or as it is. */
  run(input: Float64Array, result: Float64Array): void
}

export function forwardDense(inputs: number, outputs: number, relu: boolean): ForwardDense {
  const { matrix, numbers, multiply } = forwardMemory()
  const layer = matrix(inputs, outputs)
  const [given, sums] = [numbers(inputs), numbers(layer.rows)]
  const start = new Float64Array(outputs)
  return {
    width: outputs,
    load(weights, bias) {
      layer.load(weights)
      start.set(bias)
    },
    run(input, result) {
      for (let k = 0; k < inputs; k++) given.values[k] = input[k]!
      sums.values.set(start)
      multiply(layer, given, sums)
      for (let k = 0; k < outputs; k++) result[k] = relu && sums.values[k]! < 0 ? 0 : sums.values[k]!
    },
  }
}
