import fc from 'fast-check'
import { expect, test } from 'vitest'
import { armOfUser, type ShareOfArm } from '../../src/arms/arm-of-user.ts'

const users = Array.from({ length: 4000 }, (_, k) => `user-${k}`)
const armsOf = (shares: readonly number[]): ShareOfArm[] => shares.map((share, k) => ({ name: `arm-${k}`, share }))
const shares = fc.array(fc.double({ min: 0, max: 4, noNaN: true }), { minLength: 2, maxLength: 6 }).filter(given => {
  return given.reduce((sum, share) => sum + share, 0) > 0.1
})
const nameOf = (user: string, arms: readonly ShareOfArm[]) => arms[armOfUser(user, arms)]!.name

test('every arm has its share of the users, as far as chance goes', () => {
  fc.assert(
    fc.property(shares, given => {
      const arms = armsOf(given)
      const total = given.reduce((sum, share) => sum + share, 0)
      const counts = given.map(() => 0)
      for (const user of users) counts[armOfUser(user, arms)]! += 1
      for (const [k, share] of given.entries()) {
        const wanted = share / total
        const error = Math.sqrt((wanted * (1 - wanted)) / users.length)
        expect(Math.abs(counts[k]! / users.length - wanted)).toBeLessThan(5 * error + 0.002)
      }
    }),
    { numRuns: 60, seed: 5 },
  )
})

test('a share that changes moves users to that arm or from it, and nobody else', () => {
  fc.assert(
    fc.property(shares, fc.nat(), fc.double({ min: 0.01, max: 8, noNaN: true }), (given, which, share) => {
      const changed = which % given.length
      const before = armsOf(given)
      const after = armsOf(given.with(changed, share))
      const grows = share > given[changed]!
      const name = `arm-${changed}`
      for (const user of users.slice(0, 500)) {
        const [from, to] = [nameOf(user, before), nameOf(user, after)]
        if (from !== to) expect(grows ? to : from).toBe(name)
      }
    }),
    { numRuns: 60, seed: 6 },
  )
})

test('only the proportion of shares counts', () => {
  const [halves, tens] = [armsOf([0.5, 0.25, 0.25]), armsOf([20, 10, 10])]
  for (const user of users) expect(nameOf(user, halves)).toBe(nameOf(user, tens))
})

test('an arm with share 0 has nobody, and where all have, nobody has an arm', () => {
  for (const user of users) expect(armOfUser(user, armsOf([0, 1, 0]))).toBe(1)
  expect(armOfUser('ann', armsOf([0, 0]))).toBe(-1)
})

test('the order of the arms does not matter', () => {
  fc.assert(
    fc.property(shares, given => {
      const arms = armsOf(given)
      for (const user of users.slice(0, 200)) expect(nameOf(user, arms.toReversed())).toBe(nameOf(user, arms))
    }),
    { numRuns: 60, seed: 7 },
  )
})
