import { rmSync } from 'node:fs'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { commandOf, decodeModelVersion, decodeRecommendation, encodeModelVersion } from '../../../src/codec/output.ts'
import { createLearner } from '../../../src/learner/create-learner.ts'
import { besideHeader } from '../../../src/log/published.ts'
import { openBackend } from '../../../src/nn/backend.ts'
import { allOf } from '../../log/fixtures/read.ts'
import { blocks, FollowedWorld, followTo, learnAll, pause, question, topics } from './followed-world.ts'
import definition from './small-arms.mjs'

vi.setConfig({ testTimeout: 300_000 })

let world: FollowedWorld
beforeEach(async () => {
  world = await FollowedWorld.open()
})
afterEach(() => world.close())

test('a follower learns no row before the leader has published that far, and is the leader at every version', async () => {
  const [leader, follower] = [await world.leader(), await world.follower()]
  for (const block of blocks.slice(0, 10)) await world.publish(block)
  for (let k = 0; k < 5; k++) await follower.process.step(1, pause)
  expect(follower.learner.position).toBe(0)
  await learnAll(leader)
  await followTo(follower, await world.said())
  expect(follower.learner.position).toBe(300)
  expect(follower.process.versionsChecked).toBe(1)
  expect(follower.learner.weightsSha256()).toBe(leader.learner.weightsSha256())
  await leader.process.close()
  await follower.process.close()
})

test('what gave rise to no list is known to a follower once the leader rests, and no command comes in before it', async () => {
  world.everyMs = 31_622_400_000
  for (const block of blocks.slice(0, 5)) await world.publish(block)
  let leader = await world.leader()
  const follower = await world.follower()
  // In the last 30 events nobody has a first one.
  await leader.process.step(1, pause)
  await followTo(follower, await world.said())
  expect(follower.learner.position).toBeLessThan(150)
  await leader.process.step(1, pause)
  expect(await world.said()).toBe(150)
  await followTo(follower, 150)
  const versions = async () => (await allOf(world.log, topics.modelVersions)).length
  const before = await versions()
  await leader.process.step(1, pause)
  expect(await versions()).toBe(before)
  await leader.process.close()

  await world.command({ kind: 'promote', arm: 'chance' })
  leader = await world.leader()
  await learnAll(leader)
  const applied = (await allOf(world.log, topics.commands)).map(record => commandOf(record)!.appliedAt)
  expect(applied).toEqual([null, 151])
  await leader.process.close()
  await follower.process.close()
})

test('a checkpoint is of no row of which the topics do not say that it is published', async () => {
  world.everyMs = 31_622_400_000
  for (const block of blocks.slice(0, 5)) await world.publish(block)
  const leader = await world.leader()
  await leader.process.step(1, pause)
  expect(leader.learner.position).toBe(150)
  await leader.process.checkpoint()
  expect(await world.said()).toBe(150)
  await leader.process.close()
})

test('whom the leader has forgotten a follower forgets before the next event; one without the key stops', async () => {
  for (const block of blocks.slice(0, 4)) await world.publish(block)
  const [leader, follower, other] = [
    await world.leader(),
    await world.follower(),
    await world.follower(Buffer.alloc(32)),
  ]
  await learnAll(leader)
  for (const each of [follower, other]) await followTo(each, 120)
  await world.forget('u3', 120)
  await learnAll(leader)
  expect(follower.learner.save().arrays).not.toEqual(leader.learner.save().arrays)
  await follower.process.step(1, pause)
  expect(follower.learner.save().arrays).toEqual(leader.learner.save().arrays)
  await expect(other.process.step(1, pause)).rejects.toMatchObject({ code: 'FORGET_KEY_MISSING' })
  for (const each of [leader, follower, other]) await each.process.close()
})

test('what it is asked for is a list on the topic, the very one that the leader would make, and says who made it', async () => {
  const [leader, follower] = [await world.leader(), await world.follower()]
  for (const block of blocks.slice(0, 4)) await world.publish(block)
  await learnAll(leader)
  await followTo(follower, 120)
  const answer = follower.process.asked.answer(question('u7'))
  expect(answer).toEqual(leader.process.asked.answer(question('u7')))
  await follower.process.step(1, pause)
  await follower.process.close()
  const beside = (await allOf(world.log, topics.recommendations)).filter(({ headers }) => besideHeader in headers)
  expect(beside.map(({ key, headers }) => [key!.toString(), Object.keys(headers)])).toEqual([['u7', [besideHeader]]])
  expect({ kind: 'list', list: decodeRecommendation(beside[0]!.value!) }).toMatchObject({
    list: (answer as { list: object }).list,
  })
  await leader.process.close()
})

test('a leader that is started again behind the lists of a follower publishes nothing twice and leaves nothing out', async () => {
  const own = async () =>
    (await allOf(world.log, topics.recommendations))
      .filter(({ headers }) => !(besideHeader in headers))
      .map(({ value }) => decodeRecommendation(value!).recommendationId)
  const leader = await world.leader()
  const follower = await world.follower()
  for (const block of blocks.slice(0, 6)) await world.publish(block)
  await learnAll(leader)
  await leader.process.close()
  const before = await own()
  await followTo(follower, await world.said())
  for (let k = 0; k < 200; k++) follower.process.asked.answer(question(`somebody ${k}`))
  await follower.process.step(1, pause)
  await follower.process.close()
  const partitions = new Set(
    (await world.log.newest(topics.recommendations)).map(({ headers }) => besideHeader in headers),
  )
  expect([...partitions]).toEqual([true])

  const again = await world.leader()
  expect(() => again.process.asked.answer(question('u1'))).toThrow(/catching up/)
  await learnAll(again)
  expect(await own()).toEqual(before)
  for (const block of blocks.slice(6, 8)) await world.publish(block)
  await learnAll(again)
  await again.process.close()
  const ids = await own()
  expect(new Set(ids).size).toBe(ids.length)
  const twin = createLearner({ definition, backend: await openBackend('wasm') })
  const lists = blocks.slice(0, 8).flatMap(block => twin.consume(block, 0, block.sequence.length).recommendations)
  expect(ids.toSorted()).toEqual(lists.map(({ recommendationId }) => recommendationId).toSorted())
  twin.dispose()
})

test('a follower whose weights are not the leader’s stops, and says what may be the reason', async () => {
  const leader = await world.leader()
  for (const block of blocks.slice(0, 8)) await world.publish(block)
  await learnAll(leader)
  await leader.process.close()
  const others = await world.log.replace(topics.modelVersions, ({ key, value, headers }) => {
    if (value === null) return null
    const version = { ...decodeModelVersion(value), weightsSha256: '0'.repeat(64) }
    return { key, value: encodeModelVersion(version, definition.encoding), headers }
  })
  expect(others).toBe(1)
  rmSync(world.checkpoints, { recursive: true })
  const follower = await world.follower()
  await expect(followTo(follower, 240)).rejects.toMatchObject({
    code: 'FOLLOWER_DIFFERS',
    message: expect.stringMatching(/^Version 200 has other weights here .*--backend of the leader/),
  })
  await follower.process.close()
})

test('a follower goes on from the newest checkpoint of the leader, and writes none', async () => {
  const leader = await world.leader()
  for (const block of blocks.slice(0, 12)) await world.publish(block)
  await learnAll(leader)
  await leader.process.checkpoint()
  const at = leader.learner.position
  const follower = await world.follower()
  expect(follower.learner.position).toBe(at)
  for (const block of blocks.slice(12, 20)) await world.publish(block)
  await learnAll(leader)
  await leader.process.finish()
  await followTo(follower, leader.learner.position)
  expect(follower.learner.weightsSha256()).toBe(leader.learner.weightsSha256())
  await follower.process.close()
  await leader.process.close()
})
