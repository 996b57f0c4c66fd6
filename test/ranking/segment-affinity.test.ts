import { expect, test } from 'vitest'
import { segmentAffinity } from '../../src/ranking/segment-affinity.ts'

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
  // Of 20 events and one more, half would be expected of women: 10.5.
  expect(appeal(0, 20)).toBeCloseTo(Math.log((20 + 21) / 31.5), 9)
  expect(appeal(1, 20)).toBeCloseTo(Math.log(21 / 31.5), 9)
  expect(people.appeal(5)(0, 20)).toBe(0)
})

test('slots that pass to others start anew, and all of it is saved', () => {
  const people = twoCrowds()
  people.resetItem(0)
  people.resetUser(4)
  expect(people.appeal(4)(0, 20)).toBe(0)
  expect(people.appeal(0)(0, 0)).toBeCloseTo(Math.log(2 / 3), 9)
  const again = segmentAffinity()
  again.restore(people.save(6, 3))
  again.learn(0, 2)
  people.learn(0, 2)
  expect(again.save(6, 3)).toEqual(people.save(6, 3))
})
