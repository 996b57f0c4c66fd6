import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import click from '../../../../pipelines/kuairand/click.ts'
import { prequential } from '../../../../src/learner/prequential.ts'
import { bias } from '../../../../src/predictors/baselines/bias.ts'
import type { Policy } from '../../../../src/predictors/baselines/policy.ts'
import type { WatchRegression } from '../../../../src/predictors/ensemble/watch/watch-exchange.ts'
import { watchDefaults } from '../../../../src/predictors/ensemble/watch/watch-options.ts'
import { watchRegression } from '../../../../src/predictors/ensemble/watch/watch-regression.ts'
import { hashText } from '../../../../src/state/hash.ts'
import { seededRandom } from '../../../../src/state/random.ts'

const [users, items] = [9, 12]

const fresh = (given: Parameters<typeof watchRegression>[0] = {}): WatchRegression => {
  const policy = watchRegression(given)
  for (let slot = 0; slot < users; slot++) {
    policy.resetUser(slot, hashText(`u${slot}`))
    policy.describeUser(slot, [`age=${slot % 3}`, `@tab=${slot % 2}`])
  }
  for (let slot = 0; slot < items; slot++) {
    policy.resetItem(slot, hashText(`i${slot}`))
    policy.describeItem(slot, [`tag=${slot % 4}`, `length=${slot % 2}`])
  }
  return policy
}

interface Event {
  user: number
  item: number
  reward: number
  time: number
}

const eventsOf = (count: number, seed: number): Event[] => {
  const random = seededRandom(seed, 'test')
  return Array.from({ length: count }, (_, n) => {
    const [user, item] = [random.integer(users), random.integer(items)]
    return { user, item, reward: (user + item) % 2, time: n * 60_000 }
  })
}
const pass = (policy: WatchRegression, events: readonly Event[]): number[] =>
  events.map(({ user, item, reward, time }) => {
    const predicted = policy.predict(user, item, time)
    policy.learn(user, item, reward, time)
    return predicted
  })
const everything = (policy: WatchRegression): number[] =>
  Array.from({ length: users * items }, (_, k) => policy.predict(k % users, Math.floor(k / users), 1e9))

test('begins at a half, learns, and stays between 0 and 1', () => {
  const policy = fresh()
  expect(policy.predict(0, 0, 0)).toBe(0.5)
  const events = eventsOf(3000, 1)
  const predicted = pass(policy, events)
  const late = events.map((event, n) => Math.abs(event.reward - predicted[n]!)).slice(2000)
  expect(late.reduce((sum, error) => sum + error, 0) / late.length).toBeLessThan(0.2)
  for (const each of everything(policy)) expect(each > 0 && each < 1).toBe(true)
})

test('no reward has a part in its own prediction or an earlier one', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 199 }), fc.constantFrom(0, 0.3, 1), (at, reward) => {
      const events = eventsOf(200, 2)
      const changed = events.map((event, n) => (n === at ? { ...event, reward } : event))
      expect(pass(fresh(), changed).slice(0, at + 1)).toEqual(pass(fresh(), events).slice(0, at + 1))
    }),
    { numRuns: 20 },
  )
})

test('many items of one moment get the very numbers that each gets alone', () => {
  const policy = fresh()
  pass(policy, eventsOf(300, 5))
  const alone = Array.from({ length: items }, (_, item) => {
    policy.predict(7, 0, 0) // another moment: what was worked out is forgotten
    return policy.predict(1, item, 2e7)
  })
  policy.predict(7, 0, 0)
  // Often enough that features pile up and are worked out anew.
  for (let round = 0; round < 200; round++) {
    for (let item = 0; item < items; item++) expect(policy.predict(1, item, 2e7)).toBe(alone[item])
  }
})

test('predicting other pairs in between changes nothing', () => {
  const [quiet, asked] = [fresh(), fresh()]
  const events = eventsOf(300, 3)
  pass(quiet, events)
  for (const { user, item, reward, time } of events) {
    asked.predict(user, item, time)
    asked.predict((user + 1) % users, (item + 5) % items, time + 1)
    asked.learn(user, item, reward, time)
  }
  expect(asked.save(users, items)).toEqual(quiet.save(users, items))
})

test('what surrounds an event counts at once', () => {
  const policy = fresh()
  const random = seededRandom(9, 'test')
  for (let n = 0; n < 2000; n++) {
    const tab = random.integer(2)
    policy.describeUser(0, ['age=0', `@tab=${tab}`])
    policy.learn(0, n % items, tab, n * 1000)
  }
  policy.describeUser(0, ['age=0', '@tab=1'])
  expect(policy.predict(0, 0, 2e6)).toBeGreaterThan(0.8)
  policy.describeUser(0, ['age=0', '@tab=0'])
  expect(policy.predict(0, 0, 2e6)).toBeLessThan(0.2)
})

test('a restored one goes on exactly like the one it was saved from', () => {
  const one = fresh()
  pass(one, eventsOf(500, 4))
  const other = watchRegression()
  other.restore(one.save(users, items))
  expect(everything(other)).toEqual(everything(one))
  const more = eventsOf(300, 5).map(event => ({ ...event, time: event.time + 1e8 }))
  expect(pass(other, more)).toEqual(pass(one, more))
  expect(other.save(users, items)).toEqual(one.save(users, items))
})

test('a slot that passed to another id knows nothing of the one before', () => {
  const [plain, loved] = [fresh(), fresh()]
  for (const policy of [plain, loved]) pass(policy, eventsOf(200, 6))
  for (let n = 0; n < 60; n++) loved.learn(3, 4, 1, 2e7 + n)
  for (const policy of [plain, loved]) {
    policy.resetUser(3, hashText('new user'))
    policy.resetItem(4, hashText('new item'))
  }
  // The weights that all share have moved, those of the slots have not.
  expect(Math.abs(plain.predict(3, 4, 3e7) - loved.predict(3, 4, 3e7))).toBeLessThan(0.15)
  const before = loved.model.held
  loved.learn(3, 4, 1, 3e7)
  expect(loved.model.held).toBeGreaterThan(before)
})

test('memory stays within its settings', () => {
  const policy = fresh({ weights: 256, rates: 128 })
  for (const { user, item, reward, time } of eventsOf(5000, 7)) {
    policy.resetItem(item, hashText(`i${time}`))
    policy.describeItem(item, [`tag=${time}`])
    policy.learn(user, item, reward, time)
  }
  const saved = policy.save(users, items)
  expect(policy.model.held).toBeLessThanOrEqual(256)
  expect(saved['pairs.keys']!.length).toBeLessThanOrEqual(128)
  for (const each of everything(policy)) expect(Number.isFinite(each)).toBe(true)
})

test('a kind of feature with no variance is left out', () => {
  const priors = Object.fromEntries(Object.keys(watchDefaults.priors).map(name => [name, 0]))
  const policy = fresh({ priors: { ...watchDefaults.priors, ...priors, constant: 1 } })
  pass(policy, eventsOf(100, 8))
  expect(policy.model.held).toBe(1)
})

test('on the shipped sample of KuaiRand it orders clicks far better than biases do', async () => {
  const { read } = click.source!
  const { events, profiles, items: videos } = read(join(import.meta.dirname, '../../../../pipelines/kuairand/data'))
  const policies: (Policy & Partial<WatchRegression>)[] = [bias(), watchRegression()]
  const scores = policies.map(() => prequential(click.scale))
  const tokens = { user: new Map<string, string[]>(), item: new Map<string, string[]>() }
  for await (const { userId, attributes } of profiles()) {
    const known = Object.entries(attributes).map(([name, value]) => `${name}=${value}`)
    tokens.user.set(userId, known)
  }
  for await (const video of videos()) tokens.item.set(video.itemId, click.features.item!(video))
  const slots = { user: new Map<string, number>(), item: new Map<string, number>() }
  let row = 0
  for await (const event of events()) {
    if (row++ === 20_000) break
    const { userId, itemId, time } = event
    const reward = click.reward(event)
    const surrounds = click.features.context!(event).map(token => `@${token}`)
    const [user, item] = [slots.user.get(userId) ?? slots.user.size, slots.item.get(itemId) ?? slots.item.size]
    for (const [p, policy] of policies.entries()) {
      if (user === slots.user.size) policy.resetUser(user, hashText(userId))
      if (item === slots.item.size) {
        policy.resetItem(item, hashText(itemId))
        policy.describeItem?.(item, tokens.item.get(itemId)!)
      }
      policy.describeUser?.(user, [...tokens.user.get(userId)!, ...surrounds])
      scores[p]!.add(policy.predict(user, item, time), reward)
      policy.learn(user, item, reward, time)
    }
    slots.user.set(userId, user)
    slots.item.set(itemId, item)
  }
  const [ofBias, ofPolicy] = scores.map(score => score.scores().find(({ metric }) => metric === 'auc')!.value)
  expect(ofPolicy! - ofBias!).toBeGreaterThan(0.04)
})
