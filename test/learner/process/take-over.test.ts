import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { commandOf, decodeModelVersion, decodeRecommendation } from '../../../src/codec/output.ts'
import { createLearner } from '../../../src/learner/create-learner.ts'
import { besideHeader } from '../../../src/log/published.ts'
import { openBackend } from '../../../src/nn/backend.ts'
import type { InterestBlock } from '../../../src/records/interest-block.ts'
import { seededRandom } from '../../../src/state/random.ts'
import { allOf } from '../../log/fixtures/read.ts'
import { inRecordedOrder } from './blocks/parts.ts'
import { blocks, FollowedWorld, followTo, learnAll, pause, question, topics, turnsOf } from './followed-world.ts'
import definition from './small-arms.mjs'

vi.setConfig({ testTimeout: 300_000 })

let world: FollowedWorld
beforeEach(async () => {
  world = await FollowedWorld.open()
})
afterEach(() => world.close())

const versions = async () =>
  (await allOf(world.log, topics.modelVersions)).flatMap(({ value }) =>
    value === null ? [] : [decodeModelVersion(value)],
  )
/** Lists that events gave rise to, as they stand on the topic. */
const lists = async () =>
  (await allOf(world.log, topics.recommendations))
    .filter(({ headers }) => !(besideHeader in headers))
    .map(({ value }) => decodeRecommendation(value!))
const byId = (all: readonly { recommendationId: string }[]) =>
  all.toSorted((a, b) => (a.recommendationId < b.recommendationId ? -1 : 1))

/** What one learner makes of all that the log holds, with its commands. */
async function twin(of: readonly InterestBlock[] = blocks) {
  const learner = createLearner({ definition, backend: await openBackend('wasm') })
  for (const record of await allOf(world.log, topics.commands)) {
    const command = commandOf(record)!
    if (command.appliedAt !== null && command.kind !== 'guard') learner.schedule(command)
  }
  const made = of.flatMap(block => learner.consume(block, 0, block.sequence.length).recommendations)
  return { learner, lists: made }
}

test('a follower goes on where the leader ended, learns nothing again, and tells what that one did not come to', async () => {
  const [leader, follower] = [await world.mortalLeader(), await world.follower()]
  for (const block of blocks.slice(0, 8)) await world.publish(block)
  await learnAll(leader)
  await leader.crash(0)
  // As if it had died between its lists and the version that belongs to them.
  const [told] = await versions()
  await world.log.replace(topics.modelVersions, ({ value }) => (value === null ? null : 'gone'))
  await followTo(follower, 240)
  const consume = vi.spyOn(follower.learner, 'consume')
  const next = await world.takeOver(follower)
  expect(await versions()).toEqual([told])
  for (const block of blocks.slice(8)) await world.publish(block)
  await learnAll(next)
  expect(consume.mock.calls.map(([block]) => block.sequence[0])[0]).toBe(241)
  await next.process.close()
  const { learner, lists: made } = await twin()
  expect(byId(await lists())).toEqual(byId(made))
  learner.dispose()
})

test('what a follower is asked for before and after is answered, and stands beside the leader’s lists', async () => {
  const [leader, follower] = [await world.mortalLeader(), await world.follower()]
  for (const block of blocks.slice(0, 4)) await world.publish(block)
  await learnAll(leader)
  await followTo(follower, 120)
  await leader.crash(0)
  const { asked } = follower.process
  asked.answer(question('u7'))
  const next = await world.takeOver(follower)
  expect(next.process.asked).toBe(asked)
  asked.answer(question('u8'))
  await world.publish(blocks[4]!)
  await learnAll(next)
  await next.process.close()
  const beside = (await allOf(world.log, topics.recommendations)).filter(({ headers }) => besideHeader in headers)
  expect(beside.map(({ key }) => key!.toString())).toEqual(['u7', 'u8'])
})

test('a follower that is behind what was published learns up to there in silence, and takes no command in before', async () => {
  const [leader, follower] = [await world.mortalLeader(), await world.follower()]
  for (const block of blocks.slice(0, 6)) await world.publish(block)
  await learnAll(leader)
  await leader.crash(0)
  const before = await lists()
  await world.command({ kind: 'promote', arm: 'chance' })
  const next = await world.takeOver(follower)
  expect(next.learner.position).toBe(0)
  await learnAll(next)
  expect(await lists()).toEqual(before)
  const applied = (await allOf(world.log, topics.commands)).map(record => commandOf(record)!.appliedAt)
  expect(applied).toEqual([null, 181])
  await next.process.close()
})

test('who is forgotten while nobody leads is in no checkpoint of the one that takes over', async () => {
  const [leader, follower] = [await world.mortalLeader(), await world.follower()]
  for (const block of blocks.slice(0, 4)) await world.publish(block)
  await learnAll(leader)
  await leader.process.checkpoint()
  await followTo(follower, 120)
  await leader.crash(0)
  await world.forget('u3', 120)
  const next = await world.takeOver(follower)
  await learnAll(next)
  const stages = (await allOf(world.log, topics.commands)).map(record => commandOf(record)!.forget!)
  expect(stages.map(({ stage, removed }) => [stage, removed['checkpoints']])).toEqual([
    ['taken', undefined],
    ['accepted', undefined],
    ['learned', 1],
  ])
  await next.process.close()
})

test('a standby of several parts notices that nobody takes up what came, though nobody recorded it', async () => {
  await world.close()
  world = await FollowedWorld.open(2)
  const turns = turnsOf(2, seededRandom(1, 'turns'))
  let now = 0
  const [leader, follower] = [
    await world.mortalLeader(),
    await world.follower(undefined, { afterMs: 1_000, clock: () => now }),
  ]
  const steps = async (count: number) => {
    for (let k = 0; k < count; k++) {
      now += 250
      await follower.process.step(1, pause)
    }
  }
  for (const { block, part } of turns.slice(0, 3)) await world.publish(block, part)
  await learnAll(leader)
  const row = leader.learner.position
  await followTo(follower, row)
  await leader.crash(0)
  await steps(20)
  expect(follower.process.leaderIsGone).toBe(false)
  for (const { block, part } of turns.slice(3, 5)) await world.publish(block, part)
  await steps(3)
  expect(follower.process.leaderIsGone).toBe(false)
  await steps(3)
  expect(follower.process.leaderIsGone).toBe(true)
  const next = await world.takeOver(follower)
  await learnAll(next)
  expect(next.learner.position).toBe(row + 60)
  await next.process.close()
})

/** The first of them always, the others where there is time (LONG). */
const worlds = [
  [1, 1],
  [4, 3],
  [2, 1],
  [3, 1],
  [5, 2],
] as const
for (const [seed, parts] of worlds.slice(0, process.env['LONG'] ? worlds.length : 3)) {
  test(`lists, versions and weights are those of one learner, whenever leaders die and whoever goes on (${seed}: parts ${parts})`, async () => {
    await world.close()
    world = await FollowedWorld.open(parts)
    const turns = turnsOf(parts, seededRandom(seed, 'turns'))
    const random = seededRandom(seed, 'take-over')
    let leader = await world.mortalLeader()
    let followers = [await world.follower(), await world.follower()]
    let published = 0
    let takenOver = 0
    const actions: (() => Promise<unknown>)[] = [
      async () => {
        const { block, part } = turns[published++]!
        await world.publish(block, part)
      },
      () => leader.process.step(1, pause),
      () => leader.process.step(1, pause),
      () => followers[0]!.process.step(1, pause),
      () => followers[1]!.process.step(1, pause),
      async () => {
        if (random.uniform() < 0.2)
          await world.command({ kind: 'shares', shares: { today: 1 + random.integer(3), many: 1 } })
      },
      async () => {
        if (random.uniform() > 0.15) return
        if (random.uniform() < 0.3) await leader.process.checkpoint()
        await leader.crash(random.integer(40))
        const [next, other] = random.uniform() < 0.5 ? [0, 1] : [1, 0]
        leader = await world.takeOver(followers[next]!)
        takenOver += 1
        followers = [followers[other]!, await world.follower()]
      },
    ]
    while (published < turns.length) await actions[random.integer(actions.length)]!()
    await learnAll(leader)
    await leader.process.finish()
    expect(takenOver).toBeGreaterThan(2)
    for (const follower of followers) {
      await followTo(follower, leader.learner.position)
      expect(follower.learner.weightsSha256()).toBe(leader.learner.weightsSha256())
    }
    const { learner, lists: made } = await twin(parts === 1 ? blocks : await inRecordedOrder(world.log, topics))
    expect(leader.learner.weightsSha256()).toBe(learner.weightsSha256())
    expect(byId(await lists())).toEqual(byId(made))
    const told = (await versions()).map(({ version }) => version)
    expect(told).toEqual([...new Set([200, 400, 600, 800, learner.sequences])])
    learner.dispose()
    await leader.process.close()
    for (const { process } of followers) await process.close()
  })
}
