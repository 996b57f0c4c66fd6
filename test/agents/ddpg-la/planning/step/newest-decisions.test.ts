import { expect, test } from 'vitest'
import { newestDecisions } from '../../../../../src/agents/ddpg-la/planning/step/newest-decisions.ts'

const placeOf = (capacity: number, added: number) => (number: number) =>
  number >= 0 && number >= added - capacity ? number % capacity : -1

test('the newest decisions are found, those that were overwritten or forgotten are left out', () => {
  const known = (place: number) => place !== 1
  const places = newestDecisions({ added: 6, placeOf: placeOf(4, 6) }, { isKnown: known })
  expect([...places]).toEqual([0, 3, 2])
})

test('of many only some are looked at, and of none none', () => {
  const many = { added: 5_000, placeOf: placeOf(4_000, 5_000) }
  const places = newestDecisions(many, { isKnown: () => true })
  expect([places.length, places[0]]).toEqual([256, 999])
  expect(newestDecisions({ added: 0, placeOf: placeOf(4, 0) }, { isKnown: () => true })).toHaveLength(0)
})
