import { expect, test } from 'vitest'
import type { LearnerState } from '../../../src/learner/learner.ts'
import { StateCopies } from '../../../src/learner/process/state-copies.ts'

/** Copies of a state that take so long each, and a clock that goes by them alone. */
function begin(takesMs: number) {
  const time = { now: 1_000 }
  function* saving(): Generator<void, LearnerState> {
    time.now += takesMs / 2
    yield
    time.now += takesMs / 2
    return { arrays: { weights: Float64Array.of(7) }, meta: {} }
  }
  return { time, copies: new StateCopies({ saving }, () => time.now) }
}

test('what nobody notices may be copied at once again', async () => {
  const { copies } = begin(49)
  await copies.take()
  expect(copies.mayCopy).toBe(true)
})

test('copying of half a second waits fifty until it is done again, unless it must be', async () => {
  const { time, copies } = begin(500)
  expect(copies.mayCopy).toBe(true)
  expect(await copies.take()).toEqual({ arrays: { weights: Float64Array.of(7) }, meta: {} })
  expect(copies.mayCopy).toBe(false)
  time.now += 49_999
  expect(copies.mayCopy).toBe(false)
  time.now += 1
  expect(copies.mayCopy).toBe(true)
  await copies.take()
  expect(copies.mayCopy).toBe(false)
})

test('whoever asks is answered between the pieces', async () => {
  const { copies } = begin(500)
  let answered = false
  setImmediate(() => {
    answered = true
  })
  const taking = copies.take()
  expect(answered).toBe(false)
  await taking
  expect(answered).toBe(true)
})
