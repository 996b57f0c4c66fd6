import { expect, test } from 'vitest'
import { exclusions } from '../../src/ranking/exclusions.ts'
import { createRecommender, type Recommender } from '../../src/ranking/recommender.ts'
import { defaultRecommend } from '../../src/settings/defaults.ts'
import { seededRandom } from '../../src/state/random.ts'
import { prefixed, withPrefix } from '../../src/state/saved-arrays.ts'

const items = 60
const users = 30

/** A recommender of which nothing comes back that was met. */
function empty(settings: Partial<typeof defaultRecommend> = {}): Recommender {
  const met = exclusions()
  const hash = (item: number) => ({ high: 1, low: item })
  const recommender = createRecommender({
    settings: {
      ...defaultRecommend,
      length: 5,
      candidates: 20,
      coOccurrences: 8,
      recent: 10,
      ...settings,
    },
    seed: 1,
    itemId: slot => `i${slot}`,
    itemCount: () => items,
    available: () => Int32Array.from({ length: items }, (_, slot) => slot),
    mayShow: (user, time) => item => !met.holds(user, hash(item), time),
    vectors: { width: 2, write: (item, target, to) => target.set([item % 2, 1 - (item % 2)], to) },
    events: {
      behaviours: ['view'],
      roles: { view: { target: true, against: false } },
      scale: { kind: 'watch', positiveFrom: 0.5 },
    },
    returns: false,
    drawTaste: (_user, random) => item => item / items + random.normal(),
  })
  return {
    ...recommender,
    observe(event) {
      recommender.observe(event)
      met.note(event.user, hash(event.item), Number.POSITIVE_INFINITY)
    },
    save: (count, among) => ({ ...recommender.save(count, among), ...prefixed('met', met.save(count)) }),
    restore(arrays) {
      recommender.restore(arrays)
      met.restore(withPrefix('met', arrays))
    },
  }
}

function start(settings: Partial<typeof defaultRecommend> = {}): Recommender {
  const recommender = empty(settings)
  for (let item = 0; item < items; item++) recommender.resetItem(item)
  for (let user = 0; user < users; user++) {
    recommender.resetUser(user)
    recommender.describeUser(user, [`parity=${user % 2}`])
  }
  return recommender
}

const at = { behaviour: 'view', time: 0 }
const itemScores = { expect: (item: number) => item / items, value: () => 0 }

/** Walks round a circle of the items, each user from a place of their own. */
function walk(recommender: Recommender, from: number, to: number, reward = 1): void {
  const random = seededRandom(2, 'walk')
  const places = Array.from({ length: users }, () => random.integer(items))
  for (let n = 0; n < to; n++) {
    const user = random.integer(users)
    places[user] = (places[user]! + 1) % items
    if (n >= from) recommender.observe({ ...at, user, item: places[user]!, reward })
  }
}

const listsOf = (recommender: Recommender) =>
  Array.from({ length: users }, (_, user) => recommender.list(user, 1e6, itemScores))

test('leads users on the way that others went, and says so', () => {
  const recommender = start({ epsilon: 0 })
  walk(recommender, 0, 900)
  const reasons = listsOf(recommender).flatMap(list => list.map(({ reason }) => reason))
  expect(reasons.filter(reason => /^followed i\d+ \d+ times$/.test(reason)).length).toBeGreaterThan(users)
})

test('learns nothing from what nobody liked: lists hold it only for want of better', () => {
  const recommender = start()
  walk(recommender, 0, 300, 0.2)
  const reasons = listsOf(recommender).flatMap(list => list.map(({ reason }) => reason))
  expect(reasons.length).toBeGreaterThan(0)
  expect(reasons.filter(reason => reason.startsWith('followed'))).toEqual([])
})

test.each([
  { exploration: 'epsilon', easeItems: 0 },
  { exploration: 'epsilon', easeItems: 64 },
  { exploration: 'epsilon', easeItems: 0, sequenceNetworks: 2 },
  { exploration: 'thompson', easeItems: 0 },
] as const)('goes on after restore as if it had never stopped, with %o', settings => {
  const never = start(settings)
  walk(never, 0, 300)
  const stopped = start(settings)
  walk(stopped, 0, 150)
  listsOf(stopped)
  const again = empty(settings)
  again.restore(stopped.save(users, items))
  walk(again, 150, 300)
  walk(stopped, 150, 300)
  expect(listsOf(again)).toEqual(listsOf(stopped))
  expect(again.save(users, items)).toEqual(stopped.save(users, items))
  expect(stopped.save(users, items)['ranker.weights.weights']).toEqual(
    never.save(users, items)['ranker.weights.weights'],
  )
})

test('with sequence networks lists are others than without, the same every time, and go by the tags of items', () => {
  const made = (sequenceNetworks: number, tags: readonly string[]) => {
    const recommender = start({ epsilon: 0, sequenceNetworks })
    for (let item = 0; item < items; item++) recommender.catalogue.describe(item, [tags[item % tags.length]!])
    const random = seededRandom(3, 'steps')
    for (let n = 0, item = 0; n < 600; n++) {
      const user = random.integer(users)
      recommender.list(user, n * 1000, itemScores)
      item = (item + 1 + random.integer(5)) % items
      recommender.observe({ ...at, user, item, reward: 1, time: n * 1000 + 500 })
    }
    return recommender
  }
  const scoresOf = (recommender: Recommender) => {
    const slots = Array.from({ length: items }, (_, item) => item)
    return Array.from({ length: 3 }, (_, user) =>
      recommender
        .explain(user, 1e6, slots, itemScores)
        .map(({ features }) => features.find(({ feature }) => feature === 'sequence-network')?.standing),
    )
  }
  const tagged = made(1, ['tag=a', 'tag=b', 'tag=c'])
  expect(listsOf(made(1, ['tag=a', 'tag=b', 'tag=c']))).toEqual(listsOf(tagged))
  expect(listsOf(made(0, ['tag=a', 'tag=b', 'tag=c']))).not.toEqual(listsOf(tagged))
  expect(scoresOf(made(1, ['tag=a']))).not.toEqual(scoresOf(tagged))
  expect(scoresOf(made(0, ['tag=a'])).flat()).toEqual(new Array(3 * items).fill(undefined))
})

test('a slot that passes to another item takes nothing of it along', () => {
  const recommender = start({ epsilon: 0 })
  walk(recommender, 0, 600)
  for (let item = 0; item < items; item++) recommender.resetItem(item)
  const slots = listsOf(recommender).flat()
  expect(slots).toHaveLength(5 * users)
  expect(slots.filter(({ reason }) => reason.startsWith('followed'))).toEqual([])
})

test('holds as much after many events as after few', () => {
  const bytes = (events: number) => {
    const recommender = start()
    walk(recommender, 0, events)
    return Object.values(recommender.save(users, items)).reduce((sum, array) => sum + array.byteLength, 0)
  }
  expect(bytes(6000)).toBeLessThanOrEqual(bytes(3000) * 1.01)
})

test('drawn tastes state a propensity above 0 for every slot and never call it exploring', () => {
  const recommender = start({ exploration: 'thompson' })
  walk(recommender, 0, 600)
  const slots = listsOf(recommender).flat()
  expect(slots.length).toBe(5 * users)
  expect(slots.every(({ propensity }) => propensity > 0 && propensity <= 1)).toBe(true)
  expect(slots.some(({ reason }) => reason === 'exploring')).toBe(false)
})

test.each([3, 20, 45])('explains %i items, whether they are among the candidates or not', asked => {
  const recommender = start()
  walk(recommender, 0, 900)
  const slots = Array.from({ length: asked }, (_, k) => items - 1 - k)
  const rankings = recommender.explain(0, 1e6, slots, itemScores)
  expect(rankings).toHaveLength(asked)
  for (const { place, candidates, features } of rankings) {
    expect(candidates).toBe(20)
    expect(place).toBeLessThanOrEqual(20)
    expect(features.every(({ adds }) => Number.isFinite(adds))).toBe(true)
  }
  // No two of these items are expected to give the same reward; the ten that are worst without that stand at its mean.
  const standings = rankings
    .slice(0, 20)
    .map(each => each.features.find(({ feature }) => feature === 'expected reward'))
  expect(new Set(standings.map(each => each!.standing)).size).toBe(asked === 3 ? 3 : 11)
})

test('where nothing was ever picked there is still a list', () => {
  const recommender = start()
  for (let item = 0; item < 10; item++) recommender.observe({ ...at, user: 0, item, reward: 0.1 })
  expect(recommender.list(1, 1e6, itemScores)).toHaveLength(5)
})
