import { beforeEach, describe, expect, test } from 'vitest'
import { createRecommender, type Recommender } from '../../src/ranking/recommender.ts'
import type { BehaviourRole } from '../../src/ranking/worth.ts'
import type { Scale } from '../../src/records/definition.ts'
import { defaultRecommend } from '../../src/settings/defaults.ts'
import { type Random, seededRandom } from '../../src/state/random.ts'

const target: BehaviourRole = { target: true, against: false }
const step: BehaviourRole = { target: false, against: false }
const minute = 60_000
const day = 1_440 * minute
const itemScores = { expect: () => 0.5, value: () => 0 }

/** A recommender of users and items by name, with a clock that events move on by a minute. */
function world(roles: Record<string, BehaviourRole>, returns: boolean, scale: Scale) {
  const items: string[] = []
  const users: string[] = []
  const gone = new Set<string>()
  const recommender: Recommender = createRecommender({
    settings: { ...defaultRecommend, everyMs: 0, epsilon: 0 },
    seed: 1,
    itemId: slot => items[slot]!,
    itemCount: () => items.length,
    available: () => Int32Array.from(items.keys()),
    mayShow: user => item => !gone.has(`${user} ${item}`),
    vectors: { width: 0, write: () => {} },
    events: { behaviours: Object.keys(roles), roles, scale },
    returns,
    drawTaste: () => () => 0,
  })
  const slotOf = (ids: string[], id: string, begin: (slot: number) => void) => {
    if (!ids.includes(id)) begin(ids.push(id) - 1)
    return ids.indexOf(id)
  }
  const userOf = (id: string) => slotOf(users, id, slot => recommender.resetUser(slot))
  const clock = { now: 1000 * day }
  return {
    clock,
    event(user: string, item: string, behaviour: string, reward: number, time = (clock.now += minute)) {
      const slot = slotOf(items, item, each => recommender.resetItem(each))
      recommender.observe({ user: userOf(user), item: slot, behaviour, reward, time })
      if (!returns || behaviour === 'buy') gone.add(`${userOf(user)} ${slot}`)
      // As a pipeline does: the ranker learns from the lists that stand.
      recommender.list(userOf(user), time, itemScores)
    },
    listFor: (user: string) => recommender.list(userOf(user), clock.now, itemScores),
    /** In how many of these users' lists an item is. */
    reach(item: string, people = 100) {
      const lists = Array.from({ length: people }, (_, n) => recommender.list(userOf(`u${n}`), clock.now, itemScores))
      return lists.filter(list => list.some(({ itemId }) => itemId === item)).length
    },
  }
}

type World = ReturnType<typeof world>

describe('films with stars', () => {
  const films = () => world({ rate: target }, false, { kind: 'rating', min: 1, max: 5 })
  let random: Random
  beforeEach(() => {
    random = seededRandom(17, 'films')
  })
  const rate = (each: World, user: string, item: string, stars: number) =>
    each.event(user, item, 'rate', (stars - 1) / 4)
  const everybody = (each: World, events: number) => {
    for (let n = 0; n < events; n++) {
      const item = Math.floor(120 * random.uniform() ** 3)
      const good = ((7 * item) % 11) / 11
      rate(each, `u${random.integer(400)}`, `i${item}`, Math.min(5, 1 + Math.floor(3 * good + 3 * random.uniform())))
    }
  }

  test('a hundred single stars bring a film into no more lists, five stars into more', () => {
    const reach = (stars: number | null) => {
      random = seededRandom(17, 'films')
      const each = films()
      everybody(each, 1500)
      for (let n = 0; n < 5; n++) rate(each, `w${n}`, 'film', 3)
      for (let n = 0; n < 100; n++) {
        rate(each, `crowd${n}`, `i${n}`, 4)
        if (stars !== null) rate(each, `crowd${n}`, 'film', stars)
      }
      everybody(each, 200)
      return each.reach('film')
    }
    const before = reach(null)
    expect(reach(1)).toBeLessThanOrEqual(before)
    expect(reach(5)).toBeGreaterThan(before)
  })

  test('what a user hated is no reason, and leads to nothing', () => {
    const each = films()
    for (let n = 0; n < 1500; n++) {
      const user = random.integer(100)
      const loved = random.uniform() < 0.8
      const item = 2 * Math.floor(50 * random.uniform() ** 1.3) + (loved ? user % 2 : 1 - (user % 2))
      rate(each, `u${user}`, `${item % 2 ? 'X' : 'Y'}${item}`, loved ? 5 : 1)
    }
    for (const item of [1, 3, 5, 7, 9]) rate(each, 'hater', `X${item}`, 1)
    for (const item of [1, 3, 5, 7, 9]) rate(each, 'lover', `X${item}`, 5)
    const [hater, lover] = [each.listFor('hater'), each.listFor('lover')]
    expect(hater.map(({ reason }) => reason).filter(reason => /followed X/.test(reason))).toEqual([])
    const ofX = (list: typeof hater) => list.filter(({ itemId }) => itemId.startsWith('X')).length
    expect(ofX(lover)).toBeGreaterThan(ofX(hater))
  })
})

describe('a shop', () => {
  const shop = () => world({ view: step, cart: step, buy: target }, true, { kind: 'watch', positiveFrom: 0.5 })
  const worth: Record<string, number> = { view: 0.1, cart: 0.5, buy: 1 }
  const does = (each: World, user: string, behaviour: string, item: string, time?: number) =>
    each.event(user, item, behaviour, worth[behaviour]!, time)
  /** People of six tastes, who mostly keep to the items of theirs. */
  const crowd = (each: World, events: number, random: Random, buying = 0.5) => {
    for (let n = 0; n < events; n++) {
      const user = random.integer(100)
      const taste = random.uniform() < 0.8 ? user % 6 : random.integer(6)
      const item = 6 * Math.floor(20 * random.uniform() ** 1.5) + taste
      does(each, `u${user}`, 'view', `i${item}`)
      if (random.uniform() < buying) does(each, `u${user}`, 'buy', `i${item}`)
    }
  }

  test("two hundred carts of one person move others' lists no more than one", () => {
    const story = (carts: number) => {
      const each = shop()
      const random = seededRandom(23, 'shop')
      crowd(each, 1000, random)
      does(each, 'a', 'view', 'spam')
      for (let n = 0; n < carts; n++) does(each, 'bot', 'cart', 'spam', each.clock.now + minute)
      each.clock.now += minute
      return Array.from({ length: 60 }, (_, n) => each.listFor(`u${n}`).map(({ itemId }) => itemId))
    }
    const [once, often] = [story(1), story(200)]
    // The ranker may learn a little from one of them at another time.
    const alike = once.flatMap((list, n) => list.filter(item => often[n]!.includes(item)))
    expect(alike.length).toBeGreaterThan(0.9 * once.flat().length)
    const spam = (lists: string[][]) => lists.filter(list => list.includes('spam')).length
    expect(spam(often)).toBeLessThanOrEqual(spam(once))
  })

  test('ten views change a list, also where two events in a hundred are purchases', () => {
    const each = shop()
    crowd(each, 3000, seededRandom(67, 'shop'), 0.02)
    const ofTaste = () => each.listFor('viewer').filter(({ itemId }) => Number(itemId.slice(1)) % 6 === 3).length
    const before = ofTaste()
    for (let n = 0; n < 10; n++) does(each, 'viewer', 'view', `i${6 * (2 + n) + 3}`)
    expect(before).toBeLessThanOrEqual(4)
    expect(ofTaste()).toBeGreaterThanOrEqual(8)
  })

  test("last year's purchases, sent last, are popular with nobody now and are led to by nothing of today", () => {
    const each = shop()
    crowd(each, 1500, seededRandom(31, 'shop'))
    const before = each.listFor('somebody').map(({ itemId }) => itemId)
    const lastYear = each.clock.now - 400 * day
    for (let n = 0; n < 1000; n++) does(each, `u${n % 100}`, 'buy', `old${Math.floor(n / 100)}`, lastYear + n * minute)
    expect(each.listFor('somebody').map(({ itemId }) => itemId)).toEqual(before)
    for (let n = 0; n < 30; n++) {
      expect(each.listFor(`u${n}`).filter(({ itemId }) => itemId.startsWith('old'))).toEqual([])
    }
  })

  test('what is popular fades with the time of events, not with their number', () => {
    const each = shop()
    for (let n = 0; n < 10; n++) does(each, `hit${n}`, 'buy', 'hit')
    each.clock.now += 400 * day
    const random = seededRandom(5, 'shop')
    for (let n = 0; n < 90; n++) does(each, `u${n}`, 'buy', `i${Math.floor(30 * random.uniform() ** 1.5)}`)
    expect(each.listFor('somebody').map(({ itemId }) => itemId)).not.toContain('hit')
  })

  test('what somebody looked at is in the list again, first of all what was there last', () => {
    const each = shop()
    crowd(each, 1000, seededRandom(3, 'shop'))
    for (const item of ['i111', 'i112', 'i113']) does(each, 'viewer', 'view', item)
    const list = each.listFor('viewer').map(({ itemId }) => itemId)
    for (const item of ['i111', 'i112', 'i113']) expect(list).toContain(item)
    does(each, 'viewer', 'buy', 'i112')
    expect(each.listFor('viewer').map(({ itemId }) => itemId)).not.toContain('i112')
  })
})

test('where two hundred dislike what forty like, fewer see it than if nobody had said anything', () => {
  const roles = { like: target, dislike: { target: false, against: true } }
  const reach = (likes: number, dislikes: number) => {
    const each = world(roles, false, { kind: 'watch', positiveFrom: 0.5 })
    const random = seededRandom(3, 'votes')
    const crowd = (events: number) => {
      for (let n = 0; n < events; n++) {
        const liked = random.uniform() < 0.7
        const item = Math.floor(120 * random.uniform() ** 1.5)
        each.event(`u${random.integer(300)}`, `i${item}`, liked ? 'like' : 'dislike', liked ? 1 : 0)
      }
    }
    crowd(1500)
    each.event('first', 'mixed', 'like', 1)
    for (let n = 0; n < likes; n++) each.event(`u${299 - n}`, 'mixed', 'like', 1)
    for (let n = 0; n < dislikes; n++) each.event(`u${250 - n}`, 'mixed', 'dislike', 0)
    crowd(200)
    return each.reach('mixed', 50)
  }
  expect(reach(40, 0)).toBeGreaterThan(5)
  expect(reach(40, 200)).toBeLessThanOrEqual(reach(0, 0))
})
