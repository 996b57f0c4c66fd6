import { expect, test } from 'vitest'
import simulated from '../../../../pipelines/simulated/index.ts'
import { createCrowd } from '../../../../src/lab/simulate/live/crowd.ts'
import { createRecall } from '../../../../src/lab/simulate/live/recall.ts'
import { openPopulation } from '../../../../src/lab/simulate/open-population.ts'
import { worlds } from '../../../../src/lab/simulate/world/settings.ts'
import { createWorld } from '../../../../src/lab/simulate/world/world.ts'
import type { BehaviourEvent } from '../../../../src/records/definition.ts'
import type { Recommendation } from '../../../../src/records/recommendation.ts'

const population = await openPopulation()
const dayMs = 86_400_000
const settings = { ...worlds.saturating, days: 1 }
const definition = { name: 'simulated', simulate: simulated.simulate! }

function crowdOf({ people = 6, seed = 1, horizonMs = dayMs, days = 1 } = {}) {
  const world = createWorld({ population, settings: { ...settings, days }, slots: people, seed })
  return { world, crowd: createCrowd({ world, seed, definition, horizonMs }) }
}

/** A list that answers an event with three items that follow from its place. */
function answerTo({ userId, eventId, time }: BehaviourEvent, sequence: number): Recommendation {
  const start = [...eventId!].reduce((sum, letter) => 31 * sum + letter.charCodeAt(0), 7) % 500
  const items = [start, start + 1, start + 2].map(item => ({
    ...{ itemId: `item-${item}`, score: 0, propensity: 1, reason: '' },
  }))
  const source = { sequence, partition: 0, offset: sequence, modelVersion: 0, short: null }
  return { recommendationId: `simulated-${sequence}`, userId, time, ...source, policy: 'dqn', arm: 'a', items }
}

type Crowd = ReturnType<typeof createCrowd>

/** Rounds with a list for every event; everything that was written. */
function live(crowd: Crowd, rounds: number, sequence = { last: 0 }) {
  const events: BehaviourEvent[] = []
  const lists: Recommendation[] = []
  for (let round = 0; round < rounds; round++) {
    crowd.arrivals()
    const written = crowd.round()
    const answers = written.map(event => answerTo(event, ++sequence.last))
    for (const list of answers) crowd.receive(list)
    events.push(...written)
    lists.push(...answers)
  }
  return { events, lists }
}

test('everybody arrives with a profile of nine numbers and a taste, and items have vectors and genres', () => {
  const { crowd } = crowdOf()
  const arrivals = crowd.arrivals()
  expect(arrivals.map(({ userId }) => userId)).toEqual(['s1-0-0', 's1-1-0', 's1-2-0', 's1-3-0', 's1-4-0', 's1-5-0'])
  expect(arrivals[0]!.attributes['profile']!.split(',')).toHaveLength(9)
  expect(arrivals[0]!.attributes['taste']!.split(',')).toHaveLength(28)
  expect(crowd.arrivals()).toEqual([])
  const items = crowd.items()
  expect(items).toHaveLength(600)
  expect(items[0]!.attributes['vector']!.split(',')).toHaveLength(28)
  expect(items.every(({ tags }) => tags.length > 0)).toBe(true)
})

test('a first event answers no list, the next one shows the first item of the newest list and carries its id', () => {
  const { crowd } = crowdOf()
  const [first, second] = [live(crowd, 1), live(crowd, 1, { last: 100 })]
  expect(first.events.every(({ recommendationId }) => recommendationId === null)).toBe(true)
  for (const event of second.events) {
    const list = first.lists.find(({ userId }) => userId === event.userId)!
    expect(event).toMatchObject({ recommendationId: list.recommendationId, itemId: list.items[0]!.itemId })
  }
})

test('an item of a list that is barred is passed over, and a list of such items only is not answered', () => {
  const { crowd } = crowdOf({ people: 1 })
  const [event] = crowd.round()
  const list = (items: string[]) => {
    const answer = answerTo(event!, 1)
    return { ...answer, items: items.map(itemId => ({ ...answer.items[0]!, itemId })) }
  }
  crowd.receive(list([event!.itemId, 'item-7', 'item-8']))
  const [next] = crowd.round()
  expect(next).toMatchObject({
    itemId: event!.itemId === 'item-7' ? 'item-8' : 'item-7',
    recommendationId: 'simulated-1',
  })
  crowd.receive({ ...list([event!.itemId, next!.itemId, 'an item of another world']), time: next!.time })
  const [last] = crowd.round()
  expect(last!.recommendationId).toBeNull()
  expect([event!.itemId, next!.itemId]).not.toContain(last!.itemId)
})

test('a round is of those who look within the horizon of the next one', () => {
  const { world, crowd } = crowdOf({ people: 40, horizonMs: 3_600_000, days: 10 })
  for (let round = 0; round < 60; round++) {
    const looks = Array.from({ length: 40 }, (_, slot) => world.time(slot))
    const expected = looks.filter(time => time <= crowd.next + 3_600_000).length
    expect(live(crowd, 1, { last: 1_000 * round }).events).toHaveLength(expected)
  }
})

test('with an end, whoever looks before it does, and the rest wait', () => {
  const { world, crowd } = crowdOf({ people: 20 })
  live(crowd, 10)
  const end = crowd.time
  for (let round = 1; crowd.next < end; round++) {
    const looking = Array.from({ length: 20 }, (_, slot) => world.time(slot)).filter(time => time < end).length
    const events = crowd.round(end)
    expect(events).toHaveLength(looking)
    for (const event of events) crowd.receive(answerTo(event, 1_000 * round))
  }
  expect(crowd.settled).toBe(Math.min(crowd.next, crowd.time - 3_600_000))
})

test('times of one user rise, and every event id is another', () => {
  const { crowd } = crowdOf({ people: 10 })
  const { events } = live(crowd, 120)
  const last = new Map<string, number>()
  for (const { userId, time } of events) {
    expect(time).toBeGreaterThan(last.get(userId) ?? 0)
    last.set(userId, time)
  }
  expect(new Set(events.map(({ eventId }) => eventId)).size).toBe(events.length)
  // One day each: others have come, each with a profile.
  expect([...last.keys()].some(userId => userId.endsWith('-1'))).toBe(true)
})

test('what people do does not depend on the order in which lists of a round come', () => {
  const [one, other] = [crowdOf(), crowdOf()]
  for (let round = 0; round < 50; round++) {
    const [a, b] = [one.crowd.round(), other.crowd.round()]
    expect(b).toEqual(a)
    const lists = a.map((event, k) => answerTo(event, 100 * round + k))
    for (const list of lists) one.crowd.receive(list)
    for (const list of lists.toReversed()) other.crowd.receive(list)
  }
})

test('an event is answered by the list of its user and time, whoever has the slot by then', () => {
  const { crowd } = crowdOf({ people: 2 })
  const [a, b] = crowd.round()
  expect(crowd.answered(a!)).toBe(false)
  crowd.receive(answerTo(a!, 1))
  expect([a, b].map(event => crowd.answered(event!))).toEqual([true, false])
  expect(crowd.receive({ ...answerTo(b!, 2), userId: 'ann' })).toBe(false)
})

test('a run that goes on from the topics equals one that never stopped, whatever the partitions', () => {
  const whole = crowdOf()
  const before = live(whole.crowd, 60)
  const recall = createRecall(1)
  // As of several partitions: one slot's stays may lie in any order among each other.
  for (const event of before.events.toSorted((a, b) => (a.userId < b.userId ? 1 : a.userId > b.userId ? -1 : 0))) {
    recall.event(event)
  }
  recall.event({ ...before.events[0]!, userId: 'ann' })
  for (const list of before.lists) recall.list(list)
  const { crowd } = crowdOf()
  crowd.again(recall)
  expect([crowd.steps, crowd.time, crowd.next]).toEqual([whole.crowd.steps, whole.crowd.time, whole.crowd.next])
  expect(crowd.answered(before.events.at(-1)!)).toBe(true)
  const sequence = before.lists.length
  expect(live(crowd, 60, { last: sequence })).toEqual(live(whole.crowd, 60, { last: sequence }))
  expect(crowd.tally.arms(crowd.settled)).toEqual(whole.crowd.tally.arms(whole.crowd.settled))
  expect(crowd.tally.arms(crowd.settled)[0]!.people).toBeGreaterThan(0)
})

test('events of other people under the same seed are refused with what to do', () => {
  const recall = createRecall(1)
  for (const event of live(crowdOf().crowd, 20).events) recall.event(event)
  expect(() => crowdOf({ people: 5 }).crowd.again(recall)).toThrow(/hold what other people did under seed 1/)
  expect(() => crowdOf({ days: 0.5 }).crowd.again(recall)).toThrow(/give the same people, days, world and source/)
})
