import { expect, test } from 'vitest'
import { onlineRanker } from '../../src/ranking/online-ranker.ts'
import { channels } from '../../src/ranking/transitions.ts'

const [recent, minute] = [40, 60_000]

/** A ranker that has seen these events, a minute apart: user, item, and what it was worth. */
function rankerAfter(events: readonly (readonly [user: number, item: number, worth?: number])[]) {
  const ranker = onlineRanker({
    ...{ width: 128, recent, halfLives: [1000, 1000, 1000] as const, returns: true, easeItems: 0, extraNames: [] },
    vectors: { width: 0, write: () => {} },
  })
  for (const user of new Set(events.map(([user]) => user))) ranker.resetUser(user)
  for (let item = 0; item < 100; item++) ranker.resetItem(item)
  const met = new Set<string>()
  const wanted = events.map(([user, item, worth = 1], n) => {
    const pair = `${user} ${item}`
    const more = ranker.observe({ user, item, met: met.has(pair), time: n * minute, worth, behaviours: 1 })
    met.add(pair)
    return more
  })
  /** How strongly an item goes with others, in all. */
  const pull = (target: number) => {
    const { transitions } = ranker
    const tag = transitions.tag(target)
    let sum = 0
    for (let item = 0; item < 100; item++) {
      for (let place = transitions.from(item); place < transitions.to(item); place++) {
        if (transitions.items[place] === tag) sum += transitions.weights[channels * place]! * transitions.scale
      }
    }
    return sum
  }
  return { ranker, wanted, pull }
}

const rounds = (times: number) => Array.from({ length: times * 46 }, (_, n) => [0, n % 46] as const)

test('whoever goes round more items than are remembered of a person is one person, however often', () => {
  const [once, often] = [rankerAfter(rounds(1)), rankerAfter(rounds(12))]
  expect(once.ranker.popularity.count(0)).toBeCloseTo(1, 1)
  expect(often.ranker.popularity.count(0)).toBeLessThanOrEqual(1.01)
  expect(often.pull(0)).toBeLessThanOrEqual(1.01 * once.pull(0))
})

test('an item that one user puts between all others goes with them no more than one that came once', () => {
  const others = Array.from({ length: 90 }, (_, n) => n + 1)
  const once = rankerAfter([...others.slice(0, 45), 0, ...others.slice(45)].map(item => [0, item] as const))
  const pushed = rankerAfter(others.flatMap(item => [[0, 0] as const, [0, item] as const]))
  expect(once.pull(0)).toBeGreaterThan(10)
  expect(pushed.pull(0)).toBeLessThanOrEqual(1.1 * once.pull(0))
})

test('whoever changes their mind all the time says no more of an item than one who wanted it once', () => {
  const others = Array.from({ length: 90 }, (_, n) => n + 1)
  const once = rankerAfter([...others.slice(0, 45), 0, ...others.slice(45)].map(item => [0, item] as const))
  const flips = rankerAfter(others.flatMap(item => [[0, item] as const, [0, 0, 1] as const, [0, 0, -1] as const]))
  expect(flips.pull(0)).toBeLessThanOrEqual(1.1 * once.pull(0))
  expect(flips.wanted.reduce((sum, more) => sum + more, 0)).toBe(91)
})

test('a user wants an item more with a step, the rest with a target, and no more after that', () => {
  expect(rankerAfter([0.25, 1, 0.25, -1, 1].map(worth => [0, 0, worth] as const)).wanted).toEqual([0.25, 0.75, 0, 0, 0])
})
