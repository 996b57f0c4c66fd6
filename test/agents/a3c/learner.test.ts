import { expect, test } from 'vitest'
import { beginSharedLearner, ownLearner, sharedLearner } from '../../../src/agents/a3c/learner.ts'

const start = () => Float32Array.of(1, -2, 3)
const gradient = Float32Array.of(0.1, 0.2, -0.3)

test('a shared learner takes the same steps as one of its own', () => {
  const [own, shared] = [start(), start()]
  const alone = ownLearner(own, 0.01)
  const { learner } = beginSharedLearner(shared, 0.01)
  for (let step = 0; step < 3; step++) {
    expect(alone.push(gradient)).toBe(true)
    expect(learner.push(gradient)).toBe(true)
  }
  expect(shared).toEqual(own)
  expect(shared).not.toEqual(start())
})

test('what one learned the others pull, and their steps share its moments', () => {
  const [first, second, alone] = [start(), new Float32Array(3), start()]
  const { learner, memory } = beginSharedLearner(first, 0.01)
  const other = sharedLearner(memory, second, 0.01)
  other.pull()
  expect(second).toEqual(start())
  learner.push(gradient)
  other.push(gradient)
  const own = ownLearner(alone, 0.01)
  own.push(gradient)
  own.push(gradient)
  expect(second).toEqual(alone)
  expect(first).not.toEqual(second)
  learner.pull()
  expect(first).toEqual(second)
})

test('a gradient that is not finite changes nothing, and the lock is free after it', () => {
  const values = start()
  const { learner } = beginSharedLearner(values, 0.01)
  expect(learner.push(Float32Array.of(Number.NaN, 0, 0))).toBe(false)
  expect(values).toEqual(start())
  expect(learner.push(gradient)).toBe(true)
})

test('saved and restored it goes on with the same steps', () => {
  const [first, second] = [start(), start()]
  const { learner } = beginSharedLearner(first, 0.01)
  learner.push(gradient)
  const { learner: other } = beginSharedLearner(second, 0.01)
  other.restore(structuredClone(learner.save()))
  learner.push(gradient)
  other.push(gradient)
  expect(second).toEqual(first)
})
