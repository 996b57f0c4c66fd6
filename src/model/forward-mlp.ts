import { dot, transposed } from './forward-product.ts'

/**
 * The actor's head in plain arrays, for serving: what all candidates share is worked out once.
 *
 *     head.share(state)               // user side: long, short, profile
 *     head.evaluate(candidateA)       // then a few thousand multiplications each
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
): ForwardMlp {
  let sharedRows: Float64Array = new Float64Array(0) // [M, shared]
  let ownRows: Float64Array = new Float64Array(0) // [M, own]
  let secondRows: Float64Array = new Float64Array(0) // [N, M]
  const firstBias = new Float64Array(firstSize)
  const secondBias = new Float64Array(secondSize)
  const last = new Float64Array(secondSize)
  let lastBias = 0
  const base = new Float64Array(firstSize)
  const first = new Float64Array(firstSize)
  return {
    load(weights) {
      const cut = sharedSize * firstSize
      sharedRows = transposed(weights.first.subarray(0, cut), sharedSize, firstSize)
      ownRows = transposed(weights.first.subarray(cut), ownSize, firstSize)
      secondRows = transposed(weights.second, firstSize, secondSize)
      firstBias.set(weights.firstBias)
      secondBias.set(weights.secondBias)
      last.set(weights.last)
      lastBias = weights.lastBias[0]!
    },
    share(shared) {
      for (let k = 0; k < firstSize; k++) base[k] = firstBias[k]! + dot(sharedRows, k * sharedSize, shared, sharedSize)
    },
    evaluate(own) {
      for (let k = 0; k < firstSize; k++) {
        const sum = base[k]! + dot(ownRows, k * ownSize, own, ownSize)
        first[k] = sum > 0 ? sum : 0
      }
      let output = lastBias
      for (let k = 0; k < secondSize; k++) {
        const sum = secondBias[k]! + dot(secondRows, k * firstSize, first, firstSize)
        if (sum > 0) output += last[k]! * sum
      }
      return output
    },
  }
}
