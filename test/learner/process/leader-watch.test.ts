import { expect, test } from 'vitest'
import { LeaderWatch } from '../../../src/learner/process/leader-watch.ts'

function begin() {
  let now = 0
  const watch = new LeaderWatch({ afterMs: 1_000, clock: () => now })
  const after = (ms: number, seen: { row: number; isWaiting: boolean }) => {
    now += ms
    watch.look(seen)
    return watch.isGone
  }
  return { watch, after }
}

test('a leader is gone once it said nothing for so long though there was something to do', () => {
  const { after } = begin()
  const gone = Array.from({ length: 11 }, () => after(100, { row: 0, isWaiting: true }))
  expect(gone.indexOf(true)).toBe(9)
})

test('one that publishes is not, nor one that has nothing to do', () => {
  const { after } = begin()
  for (let row = 1; row < 50; row++) expect(after(200, { row, isWaiting: true })).toBe(false)
  for (let k = 0; k < 50; k++) expect(after(200, { row: 49, isWaiting: false })).toBe(false)
})

test('time in which whoever watches stood still does not count', () => {
  const { after } = begin()
  expect(after(60_000, { row: 0, isWaiting: true })).toBe(false)
  expect([after(250, { row: 0, isWaiting: true }), after(250, { row: 0, isWaiting: true })]).toEqual([false, false])
  expect(after(250, { row: 0, isWaiting: true })).toBe(true)
})

test('it can be given as long again', () => {
  const { watch, after } = begin()
  for (let k = 0; k < 10; k++) after(100, { row: 0, isWaiting: true })
  watch.wait()
  expect(watch.isGone).toBe(false)
})
