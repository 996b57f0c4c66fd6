import { product, type Strips, stripRows, strips } from '../../nn/forward-product.ts'

/** One dense layer in plain arrays, for serving: the same bits on every backend and however events are batched. */
export interface ForwardDense {
  /** Length of the result: the outputs, made up to a multiple of four with zeros. */
  readonly width: number
  load(weights: Float32Array, bias: Float32Array): void
  /** result = input · weights + bias, through ReLU or as it is. */
  run(input: Float64Array, result: Float64Array): void
}

export function forwardDense(inputs: number, outputs: number, relu: boolean): ForwardDense {
  const width = stripRows(outputs)
  const start = new Float64Array(width)
  let matrix: Strips = strips(new Float32Array(inputs * outputs), inputs, outputs)
  return {
    width,
    load(weights, bias) {
      matrix = strips(weights, inputs, outputs)
      start.set(bias)
    },
    run(input, result) {
      product(matrix, input, start, result)
      if (!relu) return
      for (let k = 0; k < outputs; k++) if (result[k]! < 0) result[k] = 0
    },
  }
}
