import { product, type Strips, stripRows, strips } from './forward-product.ts'

/**
 * The actor's head in plain arrays, for serving: what all candidates share is worked out once.
 *
 *     head.share(state)               // user side: long, short, profile
 *     head.evaluate(candidateA)       // then a few thousand multiplications each: the first of the outputs
 */
export interface ForwardMlp {
  load(weights: {
    first: Float32Array
    firstBias: Float32Array
    second: Float32Array
    secondBias: Float32Array
    last: Float32Array
    lastBias: Float32Array
  }): void
  share(shared: Float64Array): void
  evaluate(own: Float64Array): number
}

export function forwardMlp(
  sharedSize: number,
  ownSize: number,
  [firstSize, secondSize]: readonly [number, number],
  outputs = 1,
): ForwardMlp {
  let sharedPart: Strips
  let ownPart: Strips
  let secondLayer: Strips
  const firstBias = new Float64Array(stripRows(firstSize))
  const secondBias = new Float64Array(stripRows(secondSize))
  const last = new Float64Array(secondSize)
  let lastBias = 0
  const base = new Float64Array(firstBias.length)
  const first = new Float64Array(firstBias.length)
  const second = new Float64Array(secondBias.length)
  return {
    load(weights) {
      const cut = sharedSize * firstSize
      sharedPart = strips(weights.first.subarray(0, cut), sharedSize, firstSize)
      ownPart = strips(weights.first.subarray(cut), ownSize, firstSize)
      secondLayer = strips(weights.second, firstSize, secondSize)
      firstBias.set(weights.firstBias)
      secondBias.set(weights.secondBias)
      for (let k = 0; k < secondSize; k++) last[k] = weights.last[k * outputs]!
      lastBias = weights.lastBias[0]!
    },
    share(shared) {
      product(sharedPart, shared, firstBias, base)
    },
    evaluate(own) {
      product(ownPart, own, base, first)
      for (let k = 0; k < firstSize; k++) if (first[k]! < 0) first[k] = 0
      product(secondLayer, first, secondBias, second)
      let output = lastBias
      for (let k = 0; k < secondSize; k++) if (second[k]! > 0) output += last[k]! * second[k]!
      return output
    },
  }
}
