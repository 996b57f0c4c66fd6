import { forwardMemory } from './forward-memory.ts'

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
  const { matrix, numbers, multiply } = forwardMemory()
  const sharedPart = matrix(sharedSize, firstSize)
  const ownPart = matrix(ownSize, firstSize)
  const secondLayer = matrix(firstSize, secondSize)
  const [sharedInput, ownInput] = [numbers(sharedSize), numbers(ownSize)]
  const [base, first, second] = [numbers(ownPart.rows), numbers(ownPart.rows), numbers(secondLayer.rows)]
  const firstBias = new Float64Array(firstSize)
  const secondBias = new Float64Array(secondSize)
  const last = new Float64Array(secondSize)
  let lastBias = 0
  return {
    load(weights) {
      const cut = sharedSize * firstSize
      sharedPart.load(weights.first.subarray(0, cut))
      ownPart.load(weights.first.subarray(cut))
      secondLayer.load(weights.second)
      firstBias.set(weights.firstBias)
      secondBias.set(weights.secondBias)
      for (let k = 0; k < secondSize; k++) last[k] = weights.last[k * outputs]!
      lastBias = weights.lastBias[0]!
    },
    share(shared) {
      for (let k = 0; k < sharedSize; k++) sharedInput.values[k] = shared[k]!
      base.values.set(firstBias)
      multiply(sharedPart, sharedInput, base)
    },
    evaluate(own) {
      for (let k = 0; k < ownSize; k++) ownInput.values[k] = own[k]!
      const [ofFirst, ofSecond] = [first.values, second.values]
      for (let k = 0; k < firstSize; k++) ofFirst[k] = base.values[k]!
      multiply(ownPart, ownInput, first)
      for (let k = 0; k < firstSize; k++) if (ofFirst[k]! < 0) ofFirst[k] = 0
      for (let k = 0; k < secondSize; k++) ofSecond[k] = secondBias[k]!
      multiply(secondLayer, first, second)
      let output = lastBias
      for (let k = 0; k < secondSize; k++) if (ofSecond[k]! > 0) output += last[k]! * ofSecond[k]!
      return output
    },
  }
}
