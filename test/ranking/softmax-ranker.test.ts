import { expect, test } from 'vitest'
import { softmaxRanker } from '../../src/ranking/softmax-ranker.ts'
import { seededRandom } from '../../src/state/random.ts'

/** log p(picked) − λ/2·|w|² of a linear softmax. */
function objective(weights: Float64Array, features: Float64Array, picked: number, penalty: number): number {
  const width = weights.length
  const count = features.length / width
  const logits = Array.from({ length: count }, (_, c) => {
    return weights.reduce((sum, weight, k) => sum + weight * features[c * width + k]!, 0)
  })
  const total = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0))
  return logits[picked]! - total - 0.5 * penalty * weights.reduce((sum, weight) => sum + weight * weight, 0)
}

test('a step goes along the gradient, checked by finite differences', () => {
  const random = seededRandom(1, 'test')
  const features = Float64Array.from({ length: 15 }, () => random.normal())
  const start = [0.3, -0.2, 0.5]
  const ranker = softmaxRanker({ width: 3, contexts: 1, initial: start, penalty: 0.1, contextPenalty: 0 })
  ranker.learn(features, 5, 0, 2)
  const shared = ranker.save()['weights']!.slice(0, 3)
  for (let k = 0; k < 3; k++) {
    const at = (by: number) =>
      objective(
        Float64Array.from(start, (w, j) => (j === k ? w + by : w)),
        features,
        2,
        0.1,
      )
    const gradient = (at(1e-6) - at(-1e-6)) / 2e-6
    expect(shared[k]! - start[k]!).toBeCloseTo((0.1 * gradient) / Math.sqrt(5 + gradient * gradient), 8)
  }
})

test('finds the weights by which candidates are picked, in every context', () => {
  const random = seededRandom(2, 'test')
  const truth = [
    [2, -1],
    [0, 1.5],
  ]
  const ranker = softmaxRanker({ width: 2, contexts: 2, initial: [0, 0], rate: 0.3 })
  for (let n = 0; n < 6000; n++) {
    const context = n % 2
    const features = Float64Array.from({ length: 16 }, () => random.normal())
    const chances = Array.from({ length: 8 }, (_, c) =>
      Math.exp(truth[context]![0]! * features[2 * c]! + truth[context]![1]! * features[2 * c + 1]!),
    )
    let left = random.uniform() * chances.reduce((a, b) => a + b)
    const picked = chances.findIndex(chance => (left -= chance) < 0)
    ranker.learn(features, 8, context, Math.max(0, picked))
  }
  for (const context of [0, 1]) {
    for (let k = 0; k < 2; k++) expect(Math.abs(ranker.weights(context)[k]! - truth[context]![k]!)).toBeLessThan(0.3)
  }
})

test('scores are the weighed features', () => {
  const ranker = softmaxRanker({ width: 2, contexts: 1, initial: [1, -2] })
  const logits = new Float64Array(2)
  ranker.score(Float64Array.of(3, 1, 0, 5), 2, 0, logits)
  expect([...logits]).toEqual([1, -10])
})
