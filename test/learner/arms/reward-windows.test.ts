import { expect, test } from 'vitest'
import { rewardWindows } from '../../../src/learner/arms/reward-windows.ts'

const day = 86_400_000
const hour = 3_600_000
const made = () => {
  const windows = rewardWindows(2, 1)
  for (let user = 0; user < 5; user++) windows.reset(user)
  return windows
}

test('a user is the sum of the rewards of the days after the first list', () => {
  const windows = made()
  windows.event(0, 0, 0.9) // gave rise to the list
  windows.list(0, 1, 0)
  windows.event(0, hour, 0.5)
  windows.list(0, 1, hour)
  windows.event(0, day, 0.25)
  windows.event(0, day + 1, 0.7) // a moment too late
  expect(windows.settle()).toBe(false)
  windows.event(1, day + hour, 1) // the clock
  expect(windows.settle()).toBe(true)
  expect(windows.sample(1)).toEqual({ n: 1, mean: 0.75, variance: 0 })
  expect(windows.sample(0).n).toBe(0)
  windows.event(0, day + 2 * hour, 1)
  windows.list(0, 1, 5 * day)
  windows.event(1, 9 * day, 1)
  expect(windows.settle()).toBe(false)
})

test('mean and variance are those of the users', () => {
  const windows = made()
  for (const [user, reward] of [1, 2, 4, 9].entries()) {
    windows.list(user, 0, user)
    windows.event(user, 10, reward)
  }
  windows.event(4, 3 * day, 0)
  windows.settle()
  expect(windows.sample(0)).toEqual({ n: 4, mean: 4, variance: expect.closeTo(38 / 3, 10) })
})

test('who moves to another arm counts for the arm of the first list', () => {
  const windows = made()
  windows.list(0, 0, 0)
  windows.event(0, 10, 1)
  windows.list(0, 1, 20)
  windows.event(0, 30, 0.5)
  windows.event(4, 3 * day, 0)
  windows.settle()
  windows.list(0, 1, 3 * day)
  windows.event(4, 9 * day, 0)
  expect(windows.settle()).toBe(false)
  expect([windows.sample(0).mean, windows.sample(1).n]).toEqual([1.5, 0])
})

test('who is forgotten counts for none', () => {
  const windows = made()
  windows.list(0, 0, 0)
  windows.reset(0)
  windows.event(4, 3 * day, 0)
  expect(windows.settle()).toBe(false)
})

test('an arm that is begun anew forgets its users', () => {
  const windows = made()
  windows.list(0, 0, 0)
  windows.event(4, 3 * day, 0)
  windows.settle()
  windows.forget(0)
  expect(windows.sample(0)).toEqual({ n: 0, mean: 0, variance: 0 })
})

test('goes on after a restart as if there had been none', () => {
  const [windows, restarted] = [made(), made()]
  const tell = (each: typeof windows, from: number, to: number) => {
    for (let k = from; k < to; k++) {
      each.event(k % 5, k * hour, (k % 7) / 7)
      each.list(k % 5, k % 2, k * hour)
      if (k % 6 === 0) each.settle()
    }
  }
  tell(windows, 0, 40)
  restarted.restore(windows.save(5))
  for (const each of [windows, restarted]) tell(each, 40, 200)
  expect(restarted.save(5)).toEqual(windows.save(5))
})

test('the line of open windows does not grow with users who were forgotten', () => {
  const windows = made()
  for (let k = 0; k < 5000; k++) {
    windows.reset(k % 5)
    windows.list(k % 5, 0, k)
    windows.settle()
  }
  expect(windows.save(5)['queue']!.length).toBeLessThanOrEqual(5)
})
