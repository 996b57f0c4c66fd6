import { expect, test } from 'vitest'
import { Pace } from '../../src/run/pace.ts'
import { processorTime } from '../../src/run/processor-time.ts'

const second = 1e9
const nothing = { ran: 0, waited: 0, idle: 0, all: 0 }

/** Rests after small batches on a machine where a thread waits for so much of its time, looked at once a second. */
function rests(pace: Pace, share: number, looks: number, from = 0, idle = 0): number[] {
  return Array.from({ length: looks }, (_, k) => {
    const at = from + k
    const time = { ran: (1 - share) * at * second, waited: share * at * second, idle: idle * at, all: at }
    return pace.rest(() => time, 1_000 * at, 20)
  })
}

test('nothing rests on a machine that has time to spare', () => {
  expect(rests(new Pace(), 0.05, 20)).toEqual(Array(20).fill(0))
})

test('rests grow to 100 ms while a thread waits for a processor', () => {
  expect(rests(new Pace(), 0.5, 6)).toEqual([0, 4, 6, 9, 13.5, 20.25])
  expect(rests(new Pace(), 0.5, 30).at(-1)).toBe(100)
})

test('nothing rests where a thread waits for others that one event woke, and processors have nothing to do in between', () => {
  expect(rests(new Pace(), 0.5, 20, 0, 0.15)).toEqual(Array(20).fill(0))
  const pace = new Pace()
  rests(pace, 0.5, 30)
  expect(rests(pace, 0.5, 30, 100, 0.3).at(-1)).toBe(0)
})

test('rests stay where waiting is neither long nor short', () => {
  const pace = new Pace()
  rests(pace, 0.5, 4)
  expect(rests(pace, 0.2, 4, 20).slice(1)).toEqual([9, 9, 9])
})

test('rests end when there is time to spare again', () => {
  const pace = new Pace()
  rests(pace, 0.5, 10)
  const after = rests(pace, 0, 30, 100)
  expect(after[1]).toBeLessThan(100)
  expect(after.at(-1)).toBe(0)
})

test('a look is taken four times a second at most', () => {
  const pace = new Pace()
  pace.rest(() => nothing, 0, 20)
  expect(pace.rest(() => ({ ...nothing, waited: second }), 200, 20)).toBe(0)
  expect(pace.rest(() => ({ ...nothing, waited: second }), 250, 20)).toBe(4)
})

test('large batches do not rest, and a system that tells nothing has none', () => {
  const pace = new Pace()
  rests(pace, 0.5, 10)
  expect(pace.rest(() => null, 20_000, 1_000)).toBe(0)
  expect(new Pace().rest(() => null, 0, 20)).toBe(0)
})

test.runIf(process.platform === 'linux')('a thread that works is told to have run', () => {
  const before = processorTime()!
  const until = performance.now() + 20
  while (performance.now() < until);
  expect(processorTime()!.ran).toBeGreaterThan(before.ran)
})
