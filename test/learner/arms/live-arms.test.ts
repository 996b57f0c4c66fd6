import { createHash } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { featureNames } from '../../../src/agents/ddpg-la/planning/index/user-memory.ts'
import { armOfUser } from '../../../src/arms/arm-of-user.ts'
import { createLearner } from '../../../src/learner/create-learner.ts'
import type { Learner, LearnerOutput } from '../../../src/learner/learner.ts'
import { type Backend, openBackend } from '../../../src/nn/backend.ts'
import type { Arm, PipelineDefinition } from '../../../src/records/definition.ts'
import type { ModelVersion } from '../../../src/records/model-version.ts'
import type { Recommendation } from '../../../src/records/recommendation.ts'
import { answeredEvents } from '../answered-events.ts'
import { type SmallEvent, smallPipeline, smallWorld, toBlocks } from '../interest-stream.ts'

let backend: Backend
beforeAll(async () => {
  backend = await openBackend()
})

const options = { hidden: 4, state: 8, warmUp: 60, trainEvery: 16, batch: 16, memory: 400 }
const briefly = { sessionMinutes: 5 }
const learning = { action: 'step', state: 8, steps: 2, warmUp: 60, trainEvery: 16, batch: 16, memory: 400 }
const arms: Arm[] = [
  { name: 'today', policy: 'champion', share: 1 },
  { name: 'chance', policy: 'random', share: 1 },
  { name: 'far', policy: 'dqn', share: 2, options: { ...options, epsilon: { from: 0.5, to: 0.1, steps: 300 } } },
]
const shortLength = 4
const competing = (given: readonly Arm[] = arms, changes: Partial<PipelineDefinition> = {}): PipelineDefinition => ({
  ...smallPipeline({ maxUsers: 40, blockSize: 48, checkpointEvery: 100 }, { everyMs: 0 }),
  meanings: { watch: { again: 'always', target: true, against: false } },
  arms: given,
  plan: { exclude: 6, vectorSize: 0, profileSize: 0 },
  ...changes,
})

/** Everybody answers the last list: events say so and take its first item. */
function run(definition: PipelineDefinition, events: readonly SmallEvent[], cut = events.length, restart = false) {
  let learner = createLearner({ definition, backend })
  const lists: Recommendation[] = []
  const versions: ModelVersion[] = []
  const [block] = toBlocks(events, { shortLength, size: events.length })
  for (let from = 0; from < events.length; from += cut) {
    const output = learner.consume(block!, from, Math.min(events.length, from + cut))
    lists.push(...output.recommendations)
    versions.push(...output.versions)
    if (!restart) continue
    const state = learner.save()
    learner = createLearner({ definition, backend })
    learner.restore(state)
  }
  return { learner, lists, versions }
}

/** All of a learner's arrays, as one SHA-256. */
function digest(learner: Learner): string {
  const hash = createHash('sha256')
  for (const [name, array] of Object.entries(learner.save().arrays)) {
    hash.update(name).update(new Uint8Array(array.buffer, array.byteOffset, array.byteLength))
  }
  return hash.digest('hex')
}

test('whoever makes it, a user gets a list no sooner than recommend.everyMs after the last one', () => {
  const everyMs = 600_000
  const definition = competing()
  const { lists } = run({ ...definition, recommend: { ...definition.recommend, everyMs } }, smallWorld(600, 1))
  const last = new Map<string, number>()
  const gaps: Record<string, number[]> = { today: [], chance: [], far: [] }
  for (const { userId, arm, time } of lists) {
    if (last.has(userId)) gaps[arm]!.push(time - last.get(userId)!)
    last.set(userId, time)
  }
  for (const arm of Object.values(gaps)) {
    expect(arm.length).toBeGreaterThan(5)
    expect(Math.min(...arm)).toBeGreaterThanOrEqual(everyMs)
  }
})

test('each user gets the lists of one arm, the one that the hash of the user says', () => {
  const { lists } = run(competing(), smallWorld(600, 1))
  for (const { userId, arm, policy, items } of lists) {
    const { name, policy: wanted } = arms[armOfUser(userId, arms)]!
    expect(arm).toBe(name)
    if (wanted !== 'champion') expect(policy).toBe(wanted)
    for (const { propensity } of items) expect(propensity).toBeGreaterThan(0)
  }
  expect(new Set(lists.map(({ arm }) => arm)).size).toBe(3)
  const chance = lists.filter(({ arm }) => arm === 'chance').at(-1)!
  const left = Math.round(1 / chance.items[0]!.propensity)
  expect(left).toBeGreaterThanOrEqual(34)
  expect(chance.items.map(({ propensity }) => propensity)).toEqual([0, 1, 2, 3, 4].map(k => 1 / (left - k)))
  expect(chance.items[0]!.reason).toBe('picked at random')
})

test.each([
  [6, 500],
  [30, 2000],
])("an agent's list holds none of the user's last %i items, of forty in all", (exclude, count) => {
  const events = smallWorld(count, 1)
  const { lists } = run(competing(arms, { plan: { exclude, vectorSize: 0, profileSize: 0 } }), events)
  const late = new Map<string, string[]>()
  let next = 0
  const newest = new Map<string, number>()
  for (const [k, { user, item, time }] of events.entries()) {
    if (time >= (newest.get(user) ?? 0)) {
      newest.set(user, time)
      late.set(user, [item, ...(late.get(user) ?? [])].slice(0, exclude))
    }
    while (next < lists.length && lists[next]!.sequence <= k + 1) {
      const list = lists[next++]!
      if (k < count / 5 || list.arm === 'today' || list.sequence !== k + 1 || list.userId === '') continue
      expect(list.items).toHaveLength(5)
      for (const { itemId } of list.items) expect(late.get(list.userId)).not.toContain(itemId)
    }
  }
})

test('where all others are among the last ones, those that are longest ago fill a list', () => {
  const { lists } = run(
    competing(arms, { plan: { exclude: 1000, vectorSize: 0, profileSize: 0 } }),
    smallWorld(3000, 1),
  )
  for (const { items } of lists.slice(1000)) expect(items).toHaveLength(5)
})

test('agents do not change what the champion learns and lists', () => {
  const alone = run(competing([{ name: 'today', policy: 'champion', share: 1 }]), smallWorld(400, 1))
  const together = run(competing(), smallWorld(400, 1))
  expect(together.learner.scores()).toEqual(alone.learner.scores())
})

describe('the same sequences give the same bits', () => {
  const likes = smallWorld(330, 2).map((event, k) => ({ ...event, liked: k % 3 === 0 }))
  const rivals: Arm[] = [
    ...arms,
    { name: 'near', policy: 'myopic', share: 1, options },
    { name: 'act', policy: 'ddpg-la', share: 1, options: { ...options, action: 'proto' } },
    { name: 'index', policy: 'ddpg-la', share: 8, options: { ...briefly, updateEvery: 16, sessionsFirst: 3 } },
    { name: 'steps', policy: 'ddpg-la', share: 1, options: { ...briefly, ...learning, actorAfter: 2 } },
  ]
  // A small table, so that users are forgotten on the way.
  const learn = { ...competing().learn, maxUsers: 20, maxItems: 35 }
  const definition = competing(rivals, { learn })
  let events: SmallEvent[]
  let undisturbed: { lists: Recommendation[]; versions: ModelVersion[]; digest: string }
  beforeAll(() => {
    events = answeredEvents(likes, { definition, backend, shortLength })
    const { learner, lists, versions } = run(definition, events)
    undisturbed = { lists, versions, digest: digest(learner) }
  })

  test('versions tell by what weights the agents that have an index rank', () => {
    expect(undisturbed.versions.length).toBeGreaterThan(2)
    for (const { index } of undisturbed.versions) expect(index.map(({ arm }) => arm)).toEqual(['index', 'steps'])
    const [first, last] = [undisturbed.versions[0]!.index, undisturbed.versions.at(-1)!.index]
    for (const [k, { weights }] of last.entries()) {
      expect(weights.map(({ feature }) => feature)).toEqual(featureNames)
      expect(weights).not.toEqual(first[k]!.weights)
      for (const { weight } of weights) expect(Number.isFinite(weight)).toBe(true)
    }
    // Weights of a session have the rating's for their unit, those of an item are of length one at most.
    expect(last[0]!.weights[0]).toEqual({ feature: 'rating', weight: 1 })
    expect(Math.hypot(...last[1]!.weights.map(({ weight }) => weight))).toBeLessThanOrEqual(1 + 1e-5)
  })

  test.each([1, 37, 100])('cut into calls of %d, with a restart after each', cut => {
    const { learner, lists, versions } = run(definition, events, cut === 1 ? 66 : cut, cut > 1)
    expect(lists).toEqual(undisturbed.lists)
    expect(versions).toEqual(undisturbed.versions)
    expect(digest(learner)).toBe(undisturbed.digest)
  })
})

test('only the agent that made a list is told with which chance an item of it was shown', () => {
  const twins: Arm[] = ['a', 'b'].map(name => ({ name, policy: 'dqn', share: 1, options }))
  const definition = competing(twins)
  const events = smallWorld(200, 1)
  const learner = createLearner({ definition, backend })
  const answered = new Map<string, Recommendation>()
  const told = { a: 0, b: 0 }
  for (const [k, event] of events.entries()) {
    const list = answered.get(event.user)
    const late = (list?.time ?? 0) > event.time
    const answer =
      list === undefined ? event : { ...event, item: list.items[0]!.itemId, recommendationId: list.recommendationId }
    if (list !== undefined && !late) told[list.arm as 'a' | 'b'] += 1
    events[k] = answer
    const block = toBlocks(events.slice(0, k + 1), { shortLength, size: k + 1 })[0]!
    for (const made of learner.consume(block, k, k + 1).recommendations) answered.set(made.userId, made)
  }
  const { arrays } = learner.save()
  for (const name of ['a', 'b'] as const) {
    const known = (arrays[`arms.agent.${name}.memory.propensities`] as Float64Array).filter(chance => chance > 0)
    expect(known.length).toBe(told[name])
    expect(known.length).toBeGreaterThan(20)
  }
})

describe('numbers among the features', () => {
  const numbered = (events: SmallEvent[]): SmallEvent[] =>
    events.map(event => ({
      ...event,
      userFeatures: JSON.stringify([
        ...JSON.parse(event.userFeatures!),
        '#profile=1',
        `#taste=${event.user.length},0.5`,
      ]),
      itemFeatures: JSON.stringify([`#vector=0.25,${event.item.length}`, ...JSON.parse(event.itemFeatures!)]),
    }))

  test('reach agents, and nothing else', () => {
    const plain = run(competing(), smallWorld(300, 1)).learner
    const { learner } = run(
      competing(arms, { plan: { exclude: 6, vectorSize: 2, profileSize: 1 } }),
      numbered(smallWorld(300, 1)),
    )
    expect(learner.scores()).toEqual(plain.scores())
    const { arrays } = learner.save()
    expect(arrays['arms.catalogue.vectors.items.numbers']!.slice(0, 2)).toEqual(Float32Array.of(0.25, 3))
    expect(arrays['arms.catalogue.vectors.tastes.numbers']!.length).toBe(2 * 30)
    expect(arrays['arms.catalogue.profiles.numbers']!.slice(0, 1)).toEqual(Float32Array.of(1))
  })
})

test('a learner takes out the arm whose users bring less, by itself, and the same way when it is restored in between', () => {
  const rivals: Arm[] = [
    { name: 'good', policy: 'popularity', share: 1 },
    { name: 'bad', policy: 'random', share: 1 },
  ]
  const sizes = { users: 300, items: 30 }
  const events = smallWorld(2400, 5, sizes).map((event, k) => {
    const bad = armOfUser(event.user, rivals) === 1
    return { ...event, time: 1_000_000 + 10_000 * k, reward: bad ? 0.1 : 0.9 }
  })
  const learn = { ...competing().learn, maxUsers: 400, blockSize: 100 }
  const guard = { enabled: 'yes', alpha: 0.05, minUsers: 60, days: 0.1 } as const
  const definition = competing(rivals, { learn, guard })
  const [block] = toBlocks(events, { shortLength, size: events.length })
  const story = (cut: number) => {
    let learner = createLearner({ definition, backend })
    const output: LearnerOutput = { recommendations: [], versions: [], commands: [] }
    for (let from = 0; from < events.length; from += cut) {
      const { recommendations, commands } = learner.consume(block!, from, Math.min(events.length, from + cut))
      output.recommendations.push(...recommendations)
      output.commands.push(...commands)
      if (cut === events.length) continue
      const state = learner.save()
      learner = createLearner({ definition, backend })
      learner.restore(state)
    }
    return { ...output, digest: digest(learner), shares: learner.shares }
  }
  const whole = story(events.length)
  expect(whole.commands).toMatchObject([{ kind: 'guard', arm: 'bad', shares: { good: 1, bad: 0 } }])
  const appliedAt = whole.commands[0]!.appliedAt!
  expect(appliedAt % 100).toBe(1)
  for (const { sequence, arm, userId } of whole.recommendations) {
    expect(arm).toBe(sequence < appliedAt ? rivals[armOfUser(userId, rivals)]!.name : 'good')
  }
  expect(story(350)).toEqual(whole)
})
