import { expect, test } from 'vitest'
import { activeUsers } from '../../src/ranking/active-users.ts'

const minute = 60_000

/** What a user's picks of a day say, who picks so often an hour. */
function saidInADay(anHour: number): number {
  const active = activeUsers(30)
  active.reset(0)
  let sum = 0
  for (let n = 0; n < 24 * anHour; n++) sum += active.share(0, (n * 60 * minute) / anHour)
  return sum
}

test('whoever picks now and then says all of it; whoever picks all the time hardly more than twenty picks an hour', () => {
  expect(saidInADay(15)).toBe(24 * 15)
  expect(saidInADay(180)).toBeLessThan(24 * 26)
  expect(saidInADay(1_800)).toBeLessThan(24 * 28)
})

test('a rest makes picks count again, late events do not, and restored it goes on alike', () => {
  const first = activeUsers(2)
  first.reset(0)
  for (let n = 0; n < 8; n++) first.share(0, 1_000 * minute)
  expect(first.share(0, 0)).toBeLessThan(0.25)
  const again = activeUsers(2)
  again.restore(first.save(1))
  expect(again.share(0, 1_001 * minute)).toBe(first.share(0, 1_001 * minute))
  expect(again.share(0, 2_000 * minute)).toBe(1)
})
