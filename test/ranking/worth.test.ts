import { expect, test } from 'vitest'
import { type BehaviourRole, type EventWorth, eventWorth } from '../../src/ranking/worth.ts'

const target: BehaviourRole = { target: true, against: false }
const step: BehaviourRole = { target: false, against: false }
const against: BehaviourRole = { target: false, against: true }

function shop(): EventWorth {
  const worth = eventWorth({
    behaviours: ['view', 'buy', 'return'],
    roles: { view: step, buy: target, return: against },
    scale: { kind: 'watch', positiveFrom: 0.5 },
  })
  worth.resetUser(0)
  return worth
}

test('a target is worth 1, a wish against −1, a step first what it gives', () => {
  const worth = shop()
  expect(worth.of(0, worth.number('buy'), 1)).toBe(1)
  expect(worth.of(0, worth.number('return'), 0)).toBe(-1)
  expect(worth.of(0, worth.number('view'), 0.1)).toBeCloseTo(0.1)
})

test('a step is worth the share of such steps that a target follows, each counted once', () => {
  const worth = shop()
  const [view, buy] = [worth.number('view'), worth.number('buy')]
  for (let n = 0; n < 10_000; n++) {
    worth.learn(0, view, 0.1, 0)
    worth.learn(0, view, 0.1, 1 << view)
    if (n % 50 === 0) {
      worth.learn(0, buy, 1, 1 << view)
      worth.learn(0, buy, 1, (1 << view) | (1 << buy))
    }
  }
  expect(worth.of(0, view, 0.1)).toBeCloseTo(0.02, 3)
})

test("a rating below the user's own mean is against, the more the further", () => {
  const worth = eventWorth({ behaviours: ['rate'], roles: { rate: target }, scale: { kind: 'rating', min: 1, max: 5 } })
  for (const user of [0, 1, 2]) worth.resetUser(user)
  for (let n = 0; n < 30; n++) {
    worth.learn(0, 0, 1, 0)
    worth.learn(1, 0, 0.25, 0)
  }
  expect(worth.of(0, 0, 0.75)).toBeLessThan(0)
  expect(worth.of(0, 0, 0)).toBe(-1)
  expect(worth.of(1, 0, 0.5)).toBe(1)
  // Somebody new is held to what everybody gives.
  expect(worth.of(2, 0, 0)).toBe(-1)
  expect(worth.of(2, 0, 1)).toBe(1)
})

test('what was passed over is against, and says less where most is passed over', () => {
  const after = (picked: number) => {
    const worth = eventWorth({
      behaviours: ['view'],
      roles: { view: target },
      scale: { kind: 'watch', positiveFrom: 0.5 },
    })
    worth.resetUser(0)
    for (let n = 0; n < 1000; n++) worth.learn(0, 0, n % 100 < picked ? 1 : 0, 0)
    return worth.of(0, 0, 0)
  }
  expect(after(10)).toBeCloseTo(-0.1, 2)
  expect(after(70)).toBeCloseTo(-0.7, 2)
})

test('goes on after restore as if it had never stopped', () => {
  const worth = shop()
  for (let n = 0; n < 50; n++) worth.learn(0, n % 2, n % 2, n % 3)
  const again = shop()
  again.restore(worth.save(1))
  expect(again.save(1)).toEqual(worth.save(1))
  expect(again.of(0, 0, 0.1)).toBe(worth.of(0, 0, 0.1))
})
