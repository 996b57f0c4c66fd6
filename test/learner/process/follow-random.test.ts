import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { commandOf, decodeRecommendation } from '../../../src/codec/output.ts'
import { emptyBlock } from '../../../src/records/block-parts.ts'
import type { WantedCommand } from '../../../src/records/command.ts'
import { type Random, seededRandom } from '../../../src/state/random.ts'
import { allOf } from '../../log/fixtures/read.ts'
import { FollowedWorld, followTo, learnAll, pause, question, topics, turnsOf } from './followed-world.ts'

vi.setConfig({ testTimeout: 300_000 })

let world: FollowedWorld
beforeEach(async () => {
  world = await FollowedWorld.open()
})
afterEach(() => world.close())

const user = (random: Random) => `u${random.integer(30)}`
/** What somebody may want at some moment. */
function wanted(random: Random): WantedCommand {
  const kinds: WantedCommand[] = [
    { kind: 'shares', shares: { today: 1 + random.integer(3), many: 1 } },
    { kind: 'promote', arm: 'chance' },
    { kind: 'roll-back' },
    { kind: 'merge', fromUser: user(random), toUser: user(random) },
    { kind: 'merge', fromUser: `cookie ${random.integer(5)}`, toUser: user(random) },
    { kind: 'weights', weights: { version: 200 * (1 + random.integer(4)), tensors: null } },
  ]
  return kinds[random.integer(kinds.length)]!
}
/** What may become known between events. */
const change = (number: number, random: Random) => ({
  ...emptyBlock(),
  changes: [
    {
      ...{ kind: 'item' as const, before: 0, number, id: `i${random.integer(40)}`, title: `Title ${number}` },
      ...{ features: '["kind=all"]', attributes: '{}', tags: ['all'], deleted: number % 5 === 0 },
      ...{ partition: 0, offset: number },
    },
  ],
})

/** The first of them always, the others where there is time (LONG). */
const worlds = [
  [1, 0, 1],
  [4, 0, 3],
  [3, 3_600_000, 1],
  [2, 0, 1],
  [5, 3_600_000, 2],
] as const
for (const [seed, everyMs, parts] of worlds.slice(0, process.env['LONG'] ? worlds.length : 3)) {
  test(`a follower is the leader, bit for bit, whatever is asked, commanded and restarted at any moment (${seed}: parts ${parts})`, async () => {
    await world.close()
    world = await FollowedWorld.open(parts)
    world.everyMs = everyMs
    const random = seededRandom(seed, 'follow')
    const turns = turnsOf(parts, seededRandom(seed, 'turns'))
    const partOf = (userId: string) => Number(userId.slice(1)) % parts
    let leader = await world.mortalLeader()
    let follower = await world.follower()
    let published = 0
    const changes = new Array<number>(parts).fill(0)
    const publishChange = (part: number) => world.publish(change(++changes[part]!, random), part)
    let asked = 0
    const ask = ({ process }: typeof leader | typeof follower, userId = user(random)) => {
      try {
        process.asked.answer(question(userId))
        asked += 1
      } catch {
        // It is catching up.
      }
    }
    const actions: (() => Promise<unknown>)[] = [
      async () => {
        const { block, part } = turns[published++]!
        await world.publish(block, part)
      },
      () => leader.process.step(1, pause),
      () => leader.process.step(1, pause),
      () => follower.process.step(1, pause),
      () => follower.process.step(1, pause),
      async () => ask(leader),
      async () => ask(follower),
      async () => {
        const userId = user(random)
        ask(leader, userId)
        ask(follower, userId)
      },
      async () => {
        if (random.uniform() < 0.3) await world.command(wanted(random))
        else if (random.uniform() < 0.1) {
          const userId = user(random)
          await world.forget(userId, world.rows(partOf(userId)))
        } else if (random.uniform() < 0.2) await publishChange(random.integer(parts))
      },
      async () => {
        const chance = random.uniform()
        if (chance < 0.05) {
          if (chance < 0.01) await leader.process.checkpoint()
          await leader.crash(random.integer(40))
          leader = await world.mortalLeader()
        } else if (chance < 0.1) {
          await follower.process.close()
          follower = await world.follower()
        }
      },
    ]
    while (published < turns.length) {
      await actions[random.integer(actions.length)]!()
      if (follower.learner.position > leader.learner.position) {
        // Only a leader that goes again over what it published is behind its follower.
        expect(follower.learner.position).toBeLessThanOrEqual(await world.said())
      }
      expect(follower.process.bound).toBeLessThanOrEqual(await world.said())
      expect(follower.learner.position).toBeLessThanOrEqual(follower.process.bound)
    }
    await learnAll(leader)
    await leader.process.finish()
    await followTo(follower, leader.learner.position)
    expect(asked).toBeGreaterThan(50)
    expect(follower.learner.weightsSha256()).toBe(leader.learner.weightsSha256())
    // What is asked after the last event is known to both, too.
    await publishChange(0)
    await learnAll(leader)
    for (let k = 0; k < 5; k++) await follower.process.step(1, pause)
    const [theirs, own] = [leader.learner.save(), follower.learner.save()]
    expect(own.meta).toEqual(theirs.meta)
    expect(Object.keys(own.arrays)).toEqual(Object.keys(theirs.arrays))
    for (const [name, array] of Object.entries(own.arrays)) expect(array, name).toEqual(theirs.arrays[name])
    for (const userId of ['u1', 'u2', 'u3', 'nobody'])
      expect(follower.process.asked.answer(question(userId))).toEqual(leader.process.asked.answer(question(userId)))
    await leader.process.close()
    await follower.process.close()
    // A list that both were asked for has one content; where somebody was forgotten, the leader may have been first.
    const applied = (await allOf(world.log, topics.commands))
      .map(record => commandOf(record)!)
      .filter(({ appliedAt }) => appliedAt !== null)
    expect(new Set(applied.map(({ kind }) => kind)).size).toBeGreaterThan(1)
    const changed = new Set(applied.flatMap(({ kind, appliedAt }) => (kind === 'forget' ? [appliedAt! - 1] : [])))
    const texts = new Map<string, string>()
    let both = 0
    for (const { value } of await allOf(world.log, topics.recommendations)) {
      const list = decodeRecommendation(value!)
      const [text, before] = [JSON.stringify(list), texts.get(list.recommendationId)]
      if (before !== undefined && !changed.has(list.sequence)) expect(text).toBe(before)
      if (before !== undefined) both += 1
      // Only what was asked for can be there twice.
      if (before !== undefined) expect(list.recommendationId).toMatch(/\.q/)
      texts.set(list.recommendationId, text)
    }
    expect(both).toBeGreaterThan(0)
  })
}
