import { expect, test } from 'vitest'
import { bayesianLogistic } from '../../../../src/predictors/ensemble/watch/bayesian-logistic.ts'

const fresh = () => bayesianLogistic({ capacity: 64, rowLength: 4 })

test('one event moves mean and variance as worked out by hand', () => {
  const model = fresh()
  model.begin()
  model.add(7, 1, 0, 0.5)
  model.add(9, 2, 0.25, 0.1)
  // z = 0·1 + .25·2 = .5, p = σ(.5) = .622459, p(1 − p) = .235004
  expect(model.predict()).toBeCloseTo(0.622459, 6)
  model.learn(1)
  // x'Vx = .5 + .1·4 = .9; step = .377541 / (1 + .235004·.9) = .311626
  const a = model.weight(7, 0, 0.5)
  const b = model.weight(9, 0.25, 0.1)
  expect(a.mean).toBeCloseTo(0.5 * 0.311626, 5)
  expect(b.mean).toBeCloseTo(0.25 + 0.1 * 2 * 0.311626, 5)
  expect(a.variance).toBeCloseTo(1 / (1 / 0.5 + 0.235004), 5)
  expect(b.variance).toBeCloseTo(1 / (1 / 0.1 + 0.235004 * 4), 5)
})

test('the step is along the gradient of the log likelihood, by finite differences', () => {
  const loss = (w: number) => {
    const z = 0.3 + 1.5 * w
    return Math.log(1 + Math.exp(-z)) // reward 1
  }
  const h = 1e-5
  const gradient = (loss(0.2 + h) - loss(0.2 - h)) / (2 * h)
  const model = fresh()
  model.begin()
  model.add(1, 1, 0.3, 1e-6)
  model.add(2, 1.5, 0.2, 1e-6)
  model.predict()
  model.learn(1)
  // With hardly any variance the denominator is 1 and the step is variance · gradient.
  expect((model.weight(2, 0.2, 1e-6).mean - 0.2) / 1e-6).toBeCloseTo(-gradient, 2)
})

test('comes to the logit of a rate, and is the surer the more it has seen', () => {
  const model = fresh()
  for (let n = 0; n < 4000; n++) {
    model.begin()
    model.add(3, 1, 0, 4)
    model.predict()
    model.learn(n % 4 === 0 ? 1 : 0)
  }
  const { mean, variance } = model.weight(3, 0, 4)
  expect(mean).toBeCloseTo(Math.log(0.25 / 0.75), 1)
  expect(variance).toBeCloseTo(1 / (4000 * 0.25 * 0.75), 4)
})

test('a prediction changes nothing', () => {
  const model = fresh()
  model.begin()
  model.add(3, 1, 0, 4)
  const before = model.save()
  for (let n = 0; n < 10; n++) expect(model.predict()).toBe(0.5)
  expect(model.save()).toEqual(before)
  expect(model.held).toBe(0)
})

test('a repeated feature counts like one that was added', () => {
  const [added, repeated] = [fresh(), fresh()]
  for (const model of [added, repeated]) {
    model.begin()
    model.add(7, 1, 0.2, 0.5)
    model.add(9, 2, 0.25, 0.1)
    model.predict()
    model.learn(1)
  }
  added.begin()
  added.add(11, 1, -0.1, 0.5)
  added.add(9, 2, 0.25, 0.1)
  repeated.begin()
  repeated.add(9, 2, 0.25, 0.1)
  repeated.predict()
  repeated.next()
  repeated.add(11, 1, -0.1, 0.5)
  repeated.repeat(0, 1)
  expect(repeated.predict()).toBe(added.predict())
  added.learn(0)
  repeated.learn(0)
  expect(repeated.save()).toEqual(added.save())
})

test("a feature's weight with another value is that of the same key, and learns with it", () => {
  const [once, twice] = [fresh(), fresh()]
  for (const value of [2, -1]) {
    once.begin()
    once.add(7, value, 0.1, 0.5)
    twice.begin()
    twice.add(7, 5, 0.1, 0.5)
    twice.next()
    twice.addAlike(0, value)
    expect(twice.predict()).toBe(once.predict())
    for (const each of [once, twice]) each.learn(1)
  }
  expect(twice.weight(7, 0.1, 0.5)).toEqual(once.weight(7, 0.1, 0.5))
})
