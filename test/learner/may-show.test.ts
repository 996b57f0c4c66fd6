import { beforeAll, expect, test } from 'vitest'
import { createLearner } from '../../src/learner/create-learner.ts'
import { mayShow } from '../../src/learner/may-show.ts'
import { type Backend, openBackend } from '../../src/nn/backend.ts'
import { behaviourMeanings } from '../../src/records/behaviours.ts'
import type { Arm } from '../../src/records/definition.ts'
import type { Recommendation } from '../../src/records/recommendation.ts'
import { seededRandom } from '../../src/state/random.ts'
import { type SmallEvent, smallPipeline, smallWorld, toBlocks } from './interest-stream.ts'

const minute = 60_000
const meanings = behaviourMeanings({ view: {}, borrow: { again: 10 * minute }, buy: {} })
const open = { meanings, isAvailable: () => true }

let backend: Backend
beforeAll(async () => {
  backend = await openBackend()
})

test('what was viewed may be shown, what was borrowed after its time, what was bought not any more', () => {
  const show = mayShow(open)
  show.resetUser(0)
  for (const [item, behaviour] of ['view', 'borrow', 'buy'].entries()) {
    show.resetItem(item, behaviour)
    show.note({ user: 0, item, behaviour, time: 0 })
  }
  const shown = (time: number) => [0, 1, 2].filter(show.to(0, time))
  expect([shown(0), shown(10 * minute - 1), shown(10 * minute)]).toEqual([[0], [0], [0, 1]])
  show.resetItem(3, 'never seen')
  expect([0, 1, 2, 3].map(item => show.met(0, item))).toEqual([true, true, true, false])
})

test('a behaviour that the definition knows no longer keeps its item back', () => {
  const show = mayShow(open)
  show.resetItem(0, 'a')
  show.note({ user: 0, item: 0, behaviour: 'gone', time: 0 })
  expect(show.to(0, 1)(0)).toBe(false)
})

test('an item that is forgotten and returns in another slot is known again', () => {
  const show = mayShow(open)
  show.resetItem(3, 'kettle')
  show.note({ user: 0, item: 3, behaviour: 'buy', time: 0 })
  show.resetItem(3, 'teapot')
  show.resetItem(7, 'kettle')
  expect([3, 7].map(show.to(0, 1))).toEqual([true, false])
})

test('what a user brings back holds, for items that are not here yet, too', () => {
  const show = mayShow(open)
  show.put(5, ['kettle', 'lamp'], [Number.POSITIVE_INFINITY, 100])
  show.resetItem(0, 'kettle')
  show.resetItem(1, 'lamp')
  expect([[0, 1].map(show.to(5, 99)), [0, 1].map(show.to(5, 100))]).toEqual([
    [false, false],
    [false, true],
  ])
})

const arms: Arm[] = [
  { name: 'today', policy: 'champion', share: 2 },
  { name: 'chance', policy: 'random', share: 1 },
  { name: 'many', policy: 'popularity', share: 1 },
  { name: 'table', policy: 'q-learning', share: 1 },
  { name: 'far', policy: 'dqn', share: 1, options: { hidden: 4, state: 8, warmUp: 60, batch: 16, memory: 400 } },
  { name: 'near', policy: 'a2c', share: 1 },
]
const length = 8

/** People who view, borrow and buy nearly all there is, items that are forgotten and come again. */
function shoppers(count: number, seed: number): SmallEvent[] {
  const random = seededRandom(seed, 'shoppers')
  return smallWorld(count, seed, { users: 24, items: 14 }).map(event => ({
    ...event,
    behaviour: ['view', 'borrow', 'buy', 'buy'][random.integer(4)]!,
  }))
}

test.each([
  [1, { candidates: 20, exploration: 'epsilon' }, 0],
  [2, { candidates: 5, exploration: 'thompson' }, 3],
] as const)(
  'no list of any arm holds what may not be shown, whatever is forgotten or restored (seed %i)',
  (seed, recommend, exclude) => {
    const events = shoppers(400, seed)
    const definition = {
      ...smallPipeline({ maxItems: 12, blockSize: 48 }, { ...recommend, length, everyMs: 0 }),
      ...{ behaviours: Object.keys(meanings), meanings, arms },
      plan: { exclude, vectorSize: 0, profileSize: 0 },
    }
    const [block] = toBlocks(events, { shortLength: 4, size: events.length })
    let learner = createLearner({ definition, backend })
    const until = new Map<string, number>()
    const [wrong, short]: [string[], Recommendation[]] = [[], []]
    for (const [k, { user, item, behaviour, time }] of events.entries()) {
      const { again } = meanings[behaviour!]!
      const end = again === 'always' ? 0 : again === 'never' ? Number.POSITIVE_INFINITY : time + again
      const pair = `${user} ${item}`
      until.set(pair, Math.max(end, until.get(pair) ?? 0))
      for (const list of learner.consume(block!, k, k + 1).recommendations) {
        const held = list.items.filter(({ itemId }) => (until.get(`${list.userId} ${itemId}`) ?? 0) > list.time)
        wrong.push(...held.map(({ itemId }) => `${list.arm}: ${list.userId} ${itemId} at ${list.sequence}`))
        expect(list.short === null).toBe(list.items.length === length)
        if (list.short !== null) short.push(list)
        const scores = list.items.map(({ score }) => score)
        expect({ arm: list.arm, beyond: scores.filter(score => !(score >= 0 && score <= 1)) }).toEqual({
          arm: list.arm,
          beyond: [],
        })
        const chances = list.items.map(({ propensity }) => propensity)
        expect({ arm: list.arm, unlikely: chances.filter(chance => !(chance > 0 && chance <= 1)) }).toEqual({
          arm: list.arm,
          unlikely: [],
        })
      }
      if (k % 100 !== 99) continue
      const state = learner.save()
      learner.dispose()
      learner = createLearner({ definition, backend })
      learner.restore(state)
    }
    expect(wrong).toEqual([])
    // Everybody ends up with little that is left.
    expect([...new Set(short.map(({ arm }) => arm))].sort()).toEqual(arms.map(({ name }) => name).sort())
    for (const { items, short: why } of short)
      expect(why).toMatch(new RegExp(`^only ${items.length} of \\d+ items may be shown$`))
  },
)
