import { expect, test } from 'vitest'
import { additive, type Exchanged } from '../../../../src/lab/experiment/shards/exchanged.ts'
import { fadedNumbers, fadedRates } from '../../../../src/lab/experiment/shards/faded.ts'
import { itemEvidence } from '../../../../src/lab/experiment/shards/item-evidence.ts'
import { keyedPosteriors, keyedSums } from '../../../../src/lab/experiment/shards/keyed.ts'
import { normalPosterior } from '../../../../src/lab/experiment/shards/normal-posterior.ts'
import { pairSums } from '../../../../src/lab/experiment/shards/pair-sums.ts'
import { itemSteps, runningMean } from '../../../../src/lab/experiment/shards/stepped-policy.ts'
import { biasedMf } from '../../../../src/predictors/baselines/biased-mf.ts'
import { bayesianFactorisation } from '../../../../src/predictors/ensemble/bayesian-factorisation.ts'
import { createInteractions } from '../../../../src/predictors/ensemble/interactions.ts'
import { itemNeighbours, neighbourDefaults } from '../../../../src/predictors/ensemble/item-neighbours.ts'
import { recursiveLeastSquares } from '../../../../src/predictors/ensemble/recursive-least-squares.ts'
import { keyTable } from '../../../../src/predictors/ensemble/watch/key-table.ts'
import { recentRates } from '../../../../src/predictors/ensemble/watch/recent-rates.ts'
import { seededRandom } from '../../../../src/state/random.ts'

const none = { items: new Int32Array(0), events: new Int32Array(0) }

function exchange(learners: readonly Exchanged[], touched: readonly [items: number[], events: number[]][] = []): void {
  const given = learners.map((each, own) => {
    const [items, events] = touched[own] ?? [[], []]
    return each.give(touched.length === 0 ? none : { items: Int32Array.from(items), events: Int32Array.from(events) })
  })
  for (const [own, each] of learners.entries()) each.take(given, own)
}

test('posteriors of learners that exchange are that of one learner that saw all rows', () => {
  const random = seededRandom(1, 'rows')
  const create = () => recursiveLeastSquares({ weights: [3, 1, 0, 0, 0], variance: 0.02 })
  const [whole, first, second, third] = [create(), create(), create(), create()]
  const learners = [first, second, third]
  const parts = learners.map(normalPosterior)
  for (let n = 0; n < 3000; n++) {
    const row = [1, random.normal(), random.normal(), random.normal(), random.normal()]
    const target = 2 + 0.5 * row[1]! - row[2]! + 0.1 * random.normal()
    whole.learn(row, target)
    learners[random.integer(3)]!.learn(row, target)
    if (n % 100 === 99) exchange(parts)
  }
  for (const each of learners) {
    for (let k = 0; k < 5; k++) expect(Math.abs(each.weights[k]! - whole.weights[k]!)).toBeLessThan(1e-9)
    for (let k = 0; k < 25; k++) expect(Math.abs(each.covariance[k]! - whole.covariance[k]!)).toBeLessThan(1e-9)
  }
  expect(first.weights).toEqual(second.weights)
})

test('counts are the counts of all events, exactly', () => {
  const counts = [Float64Array.of(20, 60), Float64Array.of(20, 60)]
  const parts = counts.map(live =>
    additive({ read: () => ({ live: live.slice() }), write: arrays => live.set(arrays['live'] as Float64Array) }),
  )
  counts[0]![0]! += 7
  counts[1]![0]! += 5
  counts[1]![1]! += 13
  exchange(parts)
  counts[0]![0]! += 1
  exchange(parts)
  expect(counts).toEqual([Float64Array.of(33, 73), Float64Array.of(33, 73)])
})

test('sums by key are those of all events, exactly', () => {
  const tables = [keyTable({ capacity: 64 }), keyTable({ capacity: 64 })]
  const parts = tables.map(table => keyedSums(() => table))
  const add = (learner: number, key: number, reward: number) => {
    parts[learner]!.note(key)
    const at = 2 * tables[learner]!.admit(key)
    tables[learner]!.values[at]! += reward
    tables[learner]!.values[at + 1]! += 1
  }
  add(0, 7, 1)
  add(0, 7, 0)
  add(1, 7, 1)
  add(1, 9, 0.5)
  exchange(parts)
  add(0, 9, 0.25)
  exchange(parts)
  for (const table of tables) {
    const of = (key: number) => [...table.values.subarray(2 * table.find(key), 2 * table.find(key) + 2)]
    expect(of(7)).toEqual([2, 3])
    expect(of(9)).toEqual([0.75, 2])
  }
})

test('weights by key are put together by precision, or their means by the evidence that each has gained', () => {
  // Prior variance .5, so precision 2; one learner gains 2 and moves to .4, the other 1 and moves to −.2.
  const merged = (['added', 'averaged'] as const).map(steps => {
    const tables = [keyTable({ capacity: 64 }), keyTable({ capacity: 64 })]
    const parts = tables.map(table => keyedPosteriors(() => table, steps))
    for (const [learner, mean, evidence] of [
      [0, 0.4, 2],
      [1, -0.2, 1],
    ] as const) {
      parts[learner]!.note(3, 0.5)
      tables[learner]!.values.set([mean, evidence], 2 * tables[learner]!.admit(3))
    }
    exchange(parts)
    const [first, second] = tables.map(table => [...table.values.subarray(2 * table.find(3), 2 * table.find(3) + 2)])
    expect(first).toEqual(second)
    return first!
  })
  expect(merged[0]![0]).toBeCloseTo((4 * 0.4 - 3 * 0.2) / 5, 6)
  expect(merged[1]![0]).toBeCloseTo((2 * 0.4 - 1 * 0.2) / 3, 6)
  expect(merged.map(([, evidence]) => evidence)).toEqual([3, 3])
})

test('what fades is as if one learner’s events had come after the other’s, and its counts are exact', () => {
  const rates = [recentRates([0.9, 1]), recentRates([0.9, 1]), recentRates([0.9, 1])]
  const [whole, ...learners] = rates
  for (const each of rates) for (const item of [0, 1]) each.reset(item)
  const parts = learners.map(each => fadedRates(each, 2))
  for (const reward of [1, 0, 0.5]) learners[0]!.add(1, reward)
  for (const reward of [0, 1]) learners[1]!.add(1, reward)
  for (const reward of [1, 0, 0.5, 0, 1]) whole!.add(1, reward)
  exchange(parts, [
    [[1], [3]],
    [[1], [2]],
  ])
  for (const each of learners) {
    expect(each.events(1)).toBe(5)
    for (const k of [0, 1]) {
      expect(each.sum(1, k)).toBeCloseTo(whole!.sum(1, k), 6)
      expect(each.count(1, k)).toBeCloseTo(whole!.count(1, k), 6)
    }
    expect(each.sum(1, 1)).toBe(2.5)
  }
  const numbers = [Float64Array.of(10), Float64Array.of(10)]
  const faded = numbers.map(each => fadedNumbers(each, 0.5))
  numbers[0]![0] = 0.5 * 10 + 1
  exchange(faded, [
    [[0], [1]],
    [[], []],
  ])
  expect(numbers).toEqual([Float64Array.of(6), Float64Array.of(6)])
})

test('pairs of items are known as to one learner of all users', () => {
  const create = () => {
    const interactions = createInteractions({ history: 10, past: 100, width: 2 })
    for (let user = 0; user < 6; user++) interactions.resetUser(user)
    for (let item = 0; item < 4; item++) interactions.resetItem(item)
    const part = pairSums(() => neighbours)
    const neighbours = itemNeighbours({
      ...neighbourDefaults,
      capacity: 64,
      interactions,
      column: 1,
      onPairs: part.note,
    })
    const learn = (user: number, item: number, residual: number) => {
      neighbours.learn(user, item, residual)
      const at = interactions.add(user, item, 3)
      interactions.ofUsers.values[2 * at + 1] = residual
    }
    return { neighbours, part, learn }
  }
  const [whole, ...learners] = [create(), create(), create()]
  for (let user = 0; user < 6; user++) {
    for (const item of [0, 1, 2, 3].slice(user % 2)) {
      const residual = ((user + 2) * (item + 1)) % 3 === 0 ? 0.5 : 0.25
      whole!.learn(user, item, residual)
      learners[user % 2]!.learn(user, item, residual)
    }
    if (user % 2 === 1) exchange(learners.map(({ part }) => part))
  }
  for (const { neighbours } of learners) expect(neighbours.pairs).toBe(whole!.neighbours.pairs)
  // A user of the first learner is asked about by what users of the second have shown, too.
  whole!.learn(0, 0, 0.5)
  learners[0]!.learn(0, 0, 0.5)
  expect(learners[0]!.neighbours.predict(0, 1)).toBeCloseTo(whole!.neighbours.predict(0, 1), 6)
  expect(whole!.neighbours.predict(0, 1)).toBeGreaterThan(0)
})

test('an item’s posterior is of all learners’ events, and the same in each', () => {
  const create = () => {
    const factorisation = bayesianFactorisation({ factors: 2, seed: 1 })
    for (let user = 0; user < 20; user++) factorisation.resetUser(user, user)
    for (let item = 0; item < 3; item++) factorisation.resetItem(item, 100 + item)
    return factorisation
  }
  const learners = [create(), create()]
  const parts = learners.map(each => itemEvidence(each, 3))
  for (let user = 0; user < 20; user++) learners[user % 2]!.learn(user, 1, user < 10 ? 0.75 : 1, 0)
  const alone = learners.map(each => each.itemPosterior(1).covariance[2]![2]!)
  exchange(parts, [
    [[1], [10]],
    [[1], [10]],
  ])
  const [first, second] = learners.map(each => each.itemPosterior(1))
  for (let k = 0; k < 3; k++) expect(first!.mean[k]).toBeCloseTo(second!.mean[k]!, 6)
  expect(learners.map(each => each.itemCount(1))).toEqual([20, 20])
  for (const variance of alone) expect(first!.covariance[2]![2]).toBeLessThan(variance)
  // What others know of an item stays when an event of one's own comes.
  learners[0]!.learn(0, 1, 1, 0)
  expect(learners[0]!.itemPosterior(1).covariance[2]![2]).toBeLessThan(first!.covariance[2]![2]! + 1e-9)
})

test('gradient steps are added, or averaged by the events of the item; the mean of all is of all events', () => {
  const biases = (['added', 'averaged'] as const).map(steps => {
    const learners = [biasedMf({ seed: 1 }), biasedMf({ seed: 1 })]
    for (const each of learners) {
      each.resetUser(0, 1)
      each.resetItem(0, 2)
    }
    const parts = learners.map(each => itemSteps(each, 1, steps))
    const means = learners.map(each => runningMean(each, 1, 1))
    const bias = (learner: number) => learners[learner]!.save(1, 1)['itemBias']![0]!
    learners[0]!.learn(0, 0, 1, 0)
    learners[0]!.learn(0, 0, 1, 0)
    learners[1]!.learn(0, 0, 0, 0)
    const before = [bias(0), bias(1)]
    exchange(parts, [
      [[0], [2]],
      [[0], [1]],
    ])
    exchange(means)
    expect(bias(0)).toBe(bias(1))
    const [events, mean] = learners[0]!.save(1, 1)['all']!
    expect(events).toBe(3)
    expect(mean).toBeCloseTo((5 + 5 + 1) / 3, 12)
    return [bias(0), ...before] as [number, number, number]
  })
  for (const [k, [merged, first, second]] of biases.entries()) {
    expect(merged).toBeCloseTo(k === 0 ? first + second : (2 / 3) * first + second / 3, 12)
  }
})
