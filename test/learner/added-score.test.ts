import { describe, expect, test } from 'vitest'
import { type AddedScore, addedScore } from '../../src/learner/added-score.ts'
import { placements } from '../../src/learner/placements.ts'
import { prequential } from '../../src/learner/prequential.ts'
import type { Scale } from '../../src/records/definition.ts'
import { type Random, seededRandom } from '../../src/state/random.ts'

const watch: Scale = { kind: 'watch', positiveFrom: 0.5 }
const stars: Scale = { kind: 'rating', min: 1, max: 5 }
const users = 200

function made(scale: Scale): AddedScore {
  const added = addedScore(scale)
  for (let user = 0; user < users; user++) added.reset(user)
  return added
}

/** Events of which one policy knows `known` of the chance, another nothing. */
function happen(added: AddedScore, random: Random, { known, events }: { known: number; events: number }): void {
  for (let k = 0; k < events; k++) {
    const chance = 0.2 + 0.6 * random.uniform()
    const other = 0.2 + 0.6 * random.uniform()
    const said = known * chance + (1 - known) * (0.2 + 0.6 * random.uniform())
    added.add(random.integer(users), said, other, random.uniform() < chance ? 1 : 0)
  }
}

describe.each([watch, stars])('of $kind', scale => {
  test('a policy that knows more leads, and the interval leaves out none at all', () => {
    const added = made(scale)
    expect(added.score()).toBeNull()
    happen(added, seededRandom(1, 'test'), { known: 1, events: 4_000 })
    const { lead, low, high, events } = added.score()!
    expect(lead).toBeGreaterThan(0.05)
    expect(low).toBeGreaterThan(0)
    expect(low < lead && lead < high).toBe(true)
    expect(events).toBeGreaterThan(3_990)
  })

  test('of two that know nothing the interval holds zero nineteen times in twenty', () => {
    let held = 0
    for (let seed = 0; seed < 60; seed++) {
      const added = made(scale)
      happen(added, seededRandom(seed, 'test'), { known: 0, events: 600 })
      const { low, high } = added.score()!
      if (low < 0 && high > 0) held += 1
    }
    expect(held).toBeGreaterThanOrEqual(52)
    expect(held).toBeLessThanOrEqual(60)
  })

  test('saved and restored it goes on to the last bit', () => {
    const [one, other] = [made(scale), addedScore(scale)]
    happen(one, seededRandom(2, 'test'), { known: 0.5, events: 300 })
    other.restore(structuredClone(one.save(users)))
    for (const added of [one, other]) happen(added, seededRandom(3, 'test'), { known: 0.5, events: 300 })
    expect(other.score()).toEqual(one.score())
    expect(other.save(users)).toEqual(one.save(users))
  })

  test('a user who leaves takes nothing from the score', () => {
    const added = made(scale)
    happen(added, seededRandom(4, 'test'), { known: 0.5, events: 600 })
    const before = added.score()
    added.reset(0)
    expect(added.score()).toEqual(before)
  })
})

test('the area of placements is that of prequential scores', () => {
  const random = seededRandom(5, 'test')
  const [places, score] = [placements(), prequential(watch)]
  for (let k = 0; k < 500; k++) {
    const [predicted, positive] = [random.uniform(), random.uniform() < 0.3]
    places.add(predicted, positive)
    score.add(predicted, positive ? 1 : 0)
  }
  expect(places.area()).toBeCloseTo(score.scores().find(({ metric }) => metric === 'auc')!.value, 12)
})

test('a place is the share of the other kind on the right side', () => {
  const places = placements()
  expect(places.add(0.4, false)).toBeNaN()
  expect(places.add(0.6, true)).toBe(1)
  expect(places.add(0.4, true)).toBe(0.5)
  expect(places.add(0.5, false)).toBe(0.5)
})
