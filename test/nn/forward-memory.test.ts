import { expect, test } from 'vitest'
import { forwardMemory } from '../../src/nn/forward-memory.ts'
import { seededRandom } from '../../src/state/random.ts'

test.each([
  [1, 1],
  [7, 3],
  [27, 64],
  [40, 1_000],
])('a product of %i inputs and %i outputs has the bits of a plain loop', (inputs, outputs) => {
  const { matrix, numbers, multiply } = forwardMemory()
  const layer = matrix(inputs, outputs)
  const [vector, result, after] = [numbers(inputs), numbers(layer.rows), numbers(1)]
  const random = seededRandom(inputs, 'weights')
  const weights = Float32Array.from({ length: inputs * outputs }, () => random.normal())
  layer.load(weights)
  for (let k = 0; k < inputs; k++) vector.values[k] = random.normal()
  for (let k = 0; k < outputs; k++) result.values[k] = random.normal()
  const sums = Array.from({ length: outputs }, (_, output) => {
    let sum = result.values[output]!
    for (let k = 0; k < inputs; k++) sum += weights[k * outputs + output]! * vector.values[k]!
    return sum
  })
  multiply(layer, vector, result)
  expect([...result.values.subarray(0, outputs)]).toEqual(sums)
  expect(result.values.subarray(outputs).every(value => value === 0)).toBe(true)
  expect([...after.values]).toEqual([0])
})
