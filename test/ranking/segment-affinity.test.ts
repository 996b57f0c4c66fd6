import { expect, test } from 'vitest'
import { segmentAffinity } from '../../src/ranking/segment-affinity.ts'
import { seededRandom } from '../../src/state/random.ts'

/** Women (users 0 and 1) pick item 0 ten times each, men (2 and 3) item 1; user 4 is a woman who is new, 5 nobody knows. */
function twoCrowds() {
  const people = segmentAffinity()
  for (let user = 0; user < 6; user++) people.resetUser(user)
  for (const item of [0, 1, 2]) people.resetItem(item)
  for (const user of [0, 1, 4]) people.describe(user, ['gender=F'])
  for (const user of [2, 3]) people.describe(user, ['@page=home', 'gender=M'])
  for (let n = 0; n < 10; n++) for (const user of [0, 1, 2, 3]) people.learn(user, user < 2 ? 0 : 1)
  return people
}

test('an item appeals to those who are like its pickers, and an unknown user has no taste of the kind', () => {
  const people = twoCrowds()
  const appeal = people.appeal(4)
  expect(appeal(0)).toBeGreaterThan(0.1)
  expect(appeal(1)).toBeLessThan(-0.1)
  expect(people.appeal(5)(0)).toBe(0)
})

test('the ninth attribute counts like the first, and noise beside it does not', () => {
  const people = segmentAffinity()
  const random = seededRandom(3, 'segments')
  for (let item = 0; item < 8; item++) people.resetItem(item)
  for (let user = 0; user < 400; user++) {
    people.resetUser(user)
    const noise = Array.from({ length: 12 }, (_, k) => `n${k}=${random.integer(20)}`)
    people.describe(user, [...noise, `taste=${user % 2}`])
  }
  for (let n = 0; n < 4_000; n++) {
    const user = random.integer(390)
    people.learn(user, 2 * random.integer(4) + (user % 2))
  }
  for (let user = 390; user < 400; user++) {
    const appeal = people.appeal(user)
    const [own, other] = [0, 1].map(side =>
      [0, 2, 4, 6].map(item => appeal(item + (side === 0 ? user % 2 : 1 - (user % 2)))),
    )
    expect(Math.min(...own!)).toBeGreaterThan(Math.max(...other!))
  }
})

test('slots that pass to others start anew, and all of it is saved', () => {
  const people = twoCrowds()
  people.resetItem(0)
  people.resetUser(4)
  expect(people.appeal(4)(0)).toBe(0)
  expect(people.appeal(0)(0)).toBeLessThan(0)
  const again = segmentAffinity()
  again.restore(people.save(6, 3))
  again.learn(0, 2)
  people.learn(0, 2)
  expect(again.save(6, 3)).toEqual(people.save(6, 3))
})

test('whoever only asks is taken for one of those who are alike, and nothing of them stays', () => {
  const people = twoCrowds()
  // More values than have a kind of their own, so that others share one.
  for (let k = 0; k < 200; k++) people.describe(5, [`city=${k}`])
  people.resetUser(5)
  const before = people.save(5, 3)
  people.foresee(5, ['gender=F', 'shoe=44', 'city=197'])
  expect(people.appeal(5)(0)).toBeGreaterThan(0.1)
  people.resetUser(5)
  expect(people.save(5, 3)).toEqual(before)
})
