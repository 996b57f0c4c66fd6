import { expect, test } from 'vitest'
import { ease } from '../../src/ranking/ease.ts'
import { invertSymmetric } from '../../src/state/cholesky.ts'
import { seededRandom } from '../../src/state/random.ts'

test.each([1, 2, 3, 4, 5, 9, 30])('a symmetric matrix of size %i times its inverse is the identity', size => {
  const random = seededRandom(size, 'test')
  const root = Float64Array.from({ length: size * size }, () => random.normal())
  const a = new Float64Array(size * size)
  for (let r = 0; r < size; r++) {
    for (let c = 0; c < size; c++) {
      for (let k = 0; k < size; k++) a[r * size + c]! += root[r * size + k]! * root[c * size + k]!
      if (r === c) a[r * size + c]! += 1
    }
  }
  const inverse = a.slice()
  invertSymmetric(inverse, size)
  for (let r = 0; r < size; r++) {
    for (let c = 0; c < size; c++) {
      let sum = 0
      for (let k = 0; k < size; k++) sum += a[r * size + k]! * inverse[k * size + c]!
      expect(sum).toBeCloseTo(r === c ? 1 : 0, 8)
    }
  }
})

/** Users 0, 2, 4 … have items 0 and 1, the others 2 and 3. */
function twoTastes() {
  const model = ease({ capacity: 4, penalty: 1 })
  for (let user = 0; user < 40; user++) {
    const first = user % 2 === 0 ? 0 : 2
    model.learn(Int32Array.of(), 0, first)
    model.learn(Int32Array.of(first), 1, first + 1)
  }
  model.fit()
  return model
}

test('scores what goes with an item above what does not, and an item itself as nothing', () => {
  const scores = twoTastes().score(Int32Array.of(0), 1, 10)
  // G + I has blocks [[21, 20], [20, 21]], whose inverse is [[21, −20], [−20, 21]] / 41.
  expect([...scores]).toEqual([0, 20 / 21, 0, 0].map(score => expect.closeTo(score, 6)))
})

test('older items count half after their half-life', () => {
  const model = twoTastes()
  const scores = model.score(Int32Array.of(0, -1, 2), 3, 2)
  expect(scores[3]! / scores[1]!).toBeCloseTo(0.5, 6)
})

test('leaves out items beyond its capacity', () => {
  const model = ease({ capacity: 4, penalty: 1 })
  model.learn(Int32Array.of(0, 9), 2, 7)
  model.learn(Int32Array.of(0, 9), 2, 3)
  model.fit()
  expect(model.score(Int32Array.of(9, 0), 2, 10)).toHaveLength(4)
})

test('a matrix that is not positive definite is not inverted', () => {
  expect(invertSymmetric(Float64Array.of(1, 2, 2, 1), 2)).toBe(false)
})

test('gives numbers where items come again and again', () => {
  const model = ease({ capacity: 4, penalty: 1 })
  const history = Int32Array.of(1, 0, 1, 0, 1, 0)
  for (let n = 0; n < 40; n++) {
    model.learn(history, 6, 0)
    model.learn(history, 6, 1)
  }
  model.fit()
  const [itself, other] = model.score(Int32Array.of(0), 1, 10)
  expect(itself).toBe(0)
  expect(other).toBeGreaterThan(0)
})

test('forgets a slot that passes to another item, and goes on after restore as if it had never stopped', () => {
  const model = twoTastes()
  model.reset(1)
  const again = ease({ capacity: 4, penalty: 1 })
  again.restore(model.save())
  for (const each of [model, again]) {
    expect([...each.score(Int32Array.of(1), 1, 10)]).toEqual([0, 0, 0, 0])
    each.learn(Int32Array.of(2), 1, 1)
    each.fit()
  }
  expect(again.save()).toEqual(model.save())
  expect(again.events).toBe(81)
})
