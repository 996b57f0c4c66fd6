import { describe, expect, test } from 'vitest'
import type { Catalogue, ItemFacts } from '../../src/agents/catalogue.ts'
import type { PlanningAgent } from '../../src/agents/planning-agent.ts'
import { seededRandom } from '../../src/state/random.ts'
import { copies } from '../../src/state/saved-arrays.ts'
import { expectSameBits } from './same-bits.ts'

export interface PlanningAgentContract {
  /** A new agent; the same seed makes the same. */
  create(seed: number, catalogue: Catalogue): PlanningAgent
  /** Tensors held now, where the agent computes with any. */
  tensors(): number
  /** Events after which the agent has trained for a while. */
  events: number
  /** Events after which it rarely explores, so that the test of propensities sees both kinds of choice. */
  probed?: number
}

const itemCount = 30
const users = 8
const trainEvery = 8
const minute = 60_000

/** Random items and users. */
export function randomCatalogue(): Catalogue {
  const random = seededRandom(5, 'contract.catalogue')
  const numbers = (count: number) => Float32Array.from({ length: count }, () => random.normal())
  const [itemSize, profileSize] = [6, 3]
  const vectors = numbers(itemCount * itemSize)
  const profiles = numbers(2 * users * profileSize)
  const tastes = numbers(2 * users * itemSize)
  return {
    ...{ itemSize, profileSize, itemCount, version: 1 },
    itemVectors: () => vectors,
    readProfile: (user, into) => into.set(profiles.subarray(user * profileSize, (user + 1) * profileSize)),
    readTaste: (user, into) => into.set(tastes.subarray(user * itemSize, (user + 1) * itemSize)),
    estimate(user, item) {
      let sum = 0
      for (let k = 0; k < itemSize; k++) sum += tastes[user * itemSize + k]! * vectors[item * itemSize + k]!
      return sum
    },
    itemFacts: () => facts,
  }
}

/** Three themes, of which each item has one. */
const facts: ItemFacts = {
  version: 1,
  shareSize: 3,
  shares: Float32Array.from({ length: 3 * itemCount }, (_, at) => (at % 3 === Math.floor(at / 3) % 3 ? 1 : 0)),
  bias: Float32Array.from({ length: itemCount }, (_, item) => Math.sin(item)),
  met: Float32Array.from({ length: itemCount }, (_, item) => 3 * item),
  since: Float64Array.from({ length: itemCount }, (_, item) => item * 3_600_000),
}

/** Which items a user may see at an event: about two thirds of them. */
const mayAt = (event: number) => (item: number) => (item * 7 + event * 3) % 10 < 7

/** Events from … to − 1 of users who come and go; what was chosen at each. Time depends on the event alone. */
function live(agent: PlanningAgent, from: number, to: number) {
  const chosen: { item: number; propensity: number }[] = []
  for (let event = from; event < to; event++) {
    const random = seededRandom(event, 'contract.live')
    const user = event % users
    if (random.uniform() < 0.01) agent.resetUser(user)
    const decided = event * 2 * minute + Math.floor(event / 400) * 86_400_000
    const [choice] = agent.choose(user, { time: decided, length: 1, allowed: mayAt(event), explore: true })
    const { item, propensity } = choice!
    const reward = Math.min(1, Math.max(0, 0.5 + 0.3 * Math.sin(item + user) + 0.1 * random.normal()))
    const like = random.uniform() < reward ? 1 : 0
    agent.observe(user, { item, reward, like, time: decided + minute, decided, propensity }, true)
    if (event % trainEvery === trainEvery - 1) agent.train()
    chosen.push({ item, propensity })
  }
  return chosen
}

/** What every planning agent must do; run once for each. */
export function planningAgentContract({ create, tensors, events, probed = events }: PlanningAgentContract): void {
  const livedFor = (count: number): PlanningAgent => {
    const agent = create(1, randomCatalogue())
    live(agent, 0, count)
    return agent
  }
  const saved = new Map<number, ReturnType<PlanningAgent['save']>>()
  /** The same, as it was saved: training takes long, and the first tests say that a restored agent is no other. */
  const agentAfter = (count: number): PlanningAgent => {
    if (!saved.has(count)) saved.set(count, livedFor(count).save(users))
    const agent = create(9, randomCatalogue())
    agent.restore(structuredClone(saved.get(count)!))
    return agent
  }
  const now = { time: 2 * probed * minute + 86_400_000 * 10, length: 1, allowed: () => true }

  test('gives the same bits for the same calls, other ones for another seed', () => {
    const [first, again, other] = [1, 1, 2].map(seed => {
      const agent = create(seed, randomCatalogue())
      return { chosen: live(agent, 0, events), saved: agent.save(users) }
    })
    expect(again!.chosen).toEqual(first!.chosen)
    expectSameBits(again!.saved, first!.saved)
    expect(other!.chosen).not.toEqual(first!.chosen)
  })

  test('restored into a fresh one it goes on as if it had never stopped', () => {
    const agent = create(1, randomCatalogue())
    live(agent, 0, events)
    const stopped = structuredClone(agent.save(users))
    const restored = create(9, randomCatalogue())
    restored.restore(stopped)
    expect(restored.steps).toBe(agent.steps)
    expectSameBits(restored.save(users), stopped)
    expect(live(restored, events, 2 * events)).toEqual(live(agent, events, 2 * events))
    expectSameBits(restored.save(users), agent.save(users))
  })

  test('one that was restored from it stays as it is while it goes on', () => {
    const agent = livedFor(events)
    const saved = copies(agent.save(users))
    const restored = create(9, randomCatalogue())
    restored.restore(agent.save(users))
    live(agent, events, 2 * events)
    expectSameBits(restored.save(users), saved)
  })

  test('takes training steps and drops none', () => {
    const agent = livedFor(events)
    expect(agent.steps).toBeGreaterThan(0)
    expect(agent.dropped).toBe(0)
  })

  describe('choosing', () => {
    test('never shows what is not allowed, nor an item twice, and fewer where fewer are allowed', () => {
      const agent = agentAfter(events)
      for (const explore of [true, false]) {
        for (const allowed of [(item: number) => item % 2 === 1, (item: number) => item === 7 || item === 8]) {
          for (let round = 0; round < 20; round++) {
            const list = agent.choose(round % users, { ...now, length: 5, allowed, explore }).map(({ item }) => item)
            const open = Array.from({ length: itemCount }, (_, item) => item).filter(allowed)
            expect(list.every(allowed)).toBe(true)
            expect(new Set(list).size).toBe(list.length)
            expect(list.length).toBe(Math.min(5, open.length))
          }
        }
      }
      expect(agent.choose(0, { ...now, allowed: () => false, explore: true })).toEqual([])
    })

    test('shows items as often as their propensities say, which sum to one', () => {
      const agent = agentAfter(probed)
      const draws = 8000
      const seen = new Map<number, { times: number; propensity: number }>()
      for (let draw = 0; draw < draws; draw++) {
        const { item, propensity } = agent.choose(3, { ...now, explore: true })[0]!
        const before = seen.get(item)
        // What is stated may depend on chance, as noise on an action does: then its mean must be right.
        seen.set(item, { times: (before?.times ?? 0) + 1, propensity: (before?.propensity ?? 0) + propensity })
      }
      let total = 0
      for (const { times, propensity } of seen.values()) {
        const stated = propensity / times
        total += stated
        const deviation = Math.sqrt((stated * (1 - stated)) / draws)
        expect(Math.abs(times / draws - stated)).toBeLessThan(5 * deviation + 1e-9)
      }
      expect(total).toBeGreaterThan(0.99)
      expect(total).toBeLessThan(1.01)
    })

    test('tells the distribution of the first place: what its choices state, one in all, and changes nothing by it', () => {
      const agent = agentAfter(probed)
      const before = structuredClone(agent.save(users))
      for (const allowed of [() => true, (item: number) => item % 3 === 1]) {
        for (const explore of [true, false]) {
          const how = { ...now, allowed, explore }
          const told = [...agent.distribution(3, how).slice(0, itemCount)]
          expectSameBits(agent.save(users), before)
          const { item, propensity } = agent.choose(3, how)[0]!
          expect(told[item]!).toBeCloseTo(propensity, 9)
          expect(told.reduce((sum, each) => sum + each, 0)).toBeCloseTo(1, 9)
          expect(told.every((each, other) => each === 0 || allowed(other))).toBe(true)
          agent.restore(before)
        }
      }
    })

    test('states the propensity of later places given those above', () => {
      const agent = agentAfter(probed)
      const draws = 8000
      const pairs = new Map<string, { times: number; stated: number }>()
      for (let draw = 0; draw < draws; draw++) {
        const allowed = (item: number) => item < 4
        const [first, second] = agent.choose(2, { ...now, length: 2, allowed, explore: true })
        const key = `${first!.item} ${second!.item}`
        const before = pairs.get(key) ?? { times: 0, stated: 0 }
        pairs.set(key, { times: before.times + 1, stated: before.stated + first!.propensity * second!.propensity })
      }
      for (const { times, stated } of pairs.values()) {
        const probability = stated / times
        const deviation = Math.sqrt((probability * (1 - probability)) / draws)
        expect(Math.abs(times / draws - probability)).toBeLessThan(5 * deviation + 1e-9)
      }
    })

    test('greedily, it changes nothing and is certain', () => {
      const agent = agentAfter(events)
      const before = structuredClone(agent.save(users))
      const greedy = { ...now, length: 3, explore: false }
      const list = agent.choose(1, greedy)
      expect(list.map(({ propensity }) => propensity)).toEqual([1, 1, 1])
      expect(agent.choose(1, greedy)).toEqual(list)
      expectSameBits(agent.save(users), before)
    })
  })

  describe('observing', () => {
    test('without learning, moves the user on and leaves alone what was learned', () => {
      const agent = agentAfter(events)
      const twin = agentAfter(events)
      const other = { ...now, explore: false, length: itemCount }
      for (let n = 0; n < 20; n++) {
        agent.observe(0, { item: n, reward: 0.9, like: 1, time: now.time, decided: now.time, propensity: 0 }, false)
      }
      expect(agent.save(users)).not.toEqual(twin.save(users))
      agent.train()
      twin.train()
      expect(agent.steps).toBe(twin.steps)
      // Other users see what they would have seen, whatever the one did.
      for (let user = 1; user < users; user++) expect(agent.choose(user, other)).toEqual(twin.choose(user, other))
    })

    test('leaves out a reward that is no finite number', () => {
      const agent = agentAfter(events)
      const before = structuredClone(agent.save(users))
      for (const reward of [Number.NaN, Number.POSITIVE_INFINITY]) {
        const shown = { item: 1, reward, like: 0, time: now.time, decided: now.time, propensity: 0 }
        agent.observe(0, shown, true)
      }
      expectSameBits(agent.save(users), before)
    })

    test('takes a reward beyond 0 and 1 without an infinite number in anything that it learned', () => {
      const agent = agentAfter(events)
      for (let n = 0; n < 4 * trainEvery; n++) {
        const shown = { item: n % itemCount, reward: n % 2 === 0 ? 7 : -7, like: 0, propensity: 0.5 }
        const time = now.time + n * minute
        agent.observe(n % users, { ...shown, time, decided: time }, true)
        if (n % trainEvery === trainEvery - 1) agent.train()
      }
      const told = agent.distribution(1, { ...now, explore: true }).slice(0, itemCount)
      expect(told.reduce((sum, each) => sum + each, 0)).toBeCloseTo(1, 9)
      for (const [name, array] of Object.entries(agent.save(users))) {
        if (array instanceof Float32Array || array instanceof Float64Array)
          expect(
            array.every(each => !Number.isNaN(each)),
            name,
          ).toBe(true)
      }
    })

    test('a slot that changes hands begins anew', () => {
      const agent = agentAfter(events)
      agent.resetUser(0)
      agent.resetUser(users + 1)
      const forgotten = agent.save(users + 2)
      const fresh = create(1, randomCatalogue())
      fresh.restore(forgotten)
      fresh.resetUser(0)
      expectSameBits(fresh.save(users + 2), forgotten)
      // A slot that was never used and one that was begun anew are alike: same profile, same list.
      const alike = { ...randomCatalogue(), readProfile: zeros, readTaste: zeros, estimate: () => 0 }
      const blank = create(1, alike)
      blank.restore(forgotten)
      const greedy = { ...now, explore: false, length: 5 }
      expect(blank.choose(0, greedy)).toEqual(blank.choose(users + 1, greedy))
    })
  })

  test('holds no more tensors however long it lives, and none once it is disposed of', () => {
    const before = tensors()
    const agent = livedFor(events)
    const held = tensors()
    live(agent, events, events + 4 * users)
    agent.choose(0, { ...now, length: 5, explore: true })
    agent.restore(agent.save(users))
    agent.choose(0, { ...now, length: 5, explore: true })
    expect(tensors()).toBeLessThanOrEqual(held)
    agent.dispose()
    expect(tensors()).toBe(before)
  })
}

const zeros = (_: number, into: Float32Array): void => {
  into.fill(0)
}
