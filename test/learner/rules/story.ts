import fc from 'fast-check'
import { createLearner } from '../../../src/learner/create-learner.ts'
import type { Backend } from '../../../src/nn/backend.ts'
import type { Command } from '../../../src/records/command.ts'
import type { Arm } from '../../../src/records/definition.ts'
import type { Change } from '../../../src/records/interest-block.ts'
import { seededRandom } from '../../../src/state/random.ts'
import { smallPipeline, smallWorld, toBlocks } from '../interest-stream.ts'
import { expectList } from './expect-list.ts'
import { anyRules, type Goods, type TestRule } from './kinds.ts'

const policies = ['random', 'popularity', 'myopic', 'q-learning', 'dqn', 'a2c', 'a3c', 'ddpg-la'] as const

/** A pipeline with rules, and what its log holds. */
export interface Story {
  rules: readonly TestRule[]
  seed: number
  agents: readonly (typeof policies)[number][]
  /** Candidates: fewer than there are items, or all. */
  candidates: 20 | 100
  exploration: 'epsilon' | 'thompson'
  stocked: boolean
  exclude: 0 | 4
}

export const stories: fc.Arbitrary<Story> = fc.record({
  rules: anyRules,
  seed: fc.integer({ min: 1, max: 1e6 }),
  agents: fc.shuffledSubarray([...policies], { minLength: 3, maxLength: 3 }),
  candidates: fc.constantFrom(20, 100),
  exploration: fc.constantFrom('epsilon', 'epsilon', 'thompson'),
  stocked: fc.boolean(),
  exclude: fc.constantFrom(0, 4),
})

const meanings = {
  view: { again: 'always', target: false, against: false },
  later: { again: 200_000, target: false, against: false },
  watch: { again: 'never', target: true, against: false },
} as const
const sizes = { users: 16, items: 30 }

/** Play a story, with items and profiles that come, change and go, merges and restarts; every list is looked at. Returns how many by arm. */
export function play(backend: Backend, story: Story): Map<string, number> {
  const { rules, candidates, exploration, stocked, exclude } = story
  const random = seededRandom(story.seed, 'rules')
  const behaviours = Object.keys(meanings) as (keyof typeof meanings)[]
  const events = smallWorld(150, story.seed, sizes).map(event => ({
    ...event,
    behaviour: behaviours[random.integer(behaviours.length)]!,
  }))
  const [plain] = toBlocks(events, { shortLength: 4, size: events.length })
  const arms: Arm[] = [
    { name: 'today', policy: 'champion', share: 2 },
    ...story.agents.map(policy => ({ name: policy, policy, share: 1 })),
  ]
  const small = smallPipeline(
    { blockSize: 24 },
    { everyMs: 0, newUsers: 'yes', everybodyMs: 200_000, newItems: 0.1, candidates, exploration },
  )
  const definition = {
    ...{ ...small, arms, meanings, behaviours, rules: rules.map(({ rule }) => rule), plan: { ...small.plan, exclude } },
    ...(stocked ? { available: 'item.stock > 0' } : {}),
  }

  const items = new Map<string, Goods | null>()
  const deleted = new Set<string>()
  const budgets = new Map<string, number>()
  const present = new Set<string>()
  const until = new Map<string, Map<string, number>>()
  const names = new Map<string, string>()
  const whoIs = (id: string): string => (names.has(id) ? whoIs(names.get(id)!) : id)
  const excludedOf = (id: string) => {
    if (!until.has(id)) until.set(id, new Map())
    return until.get(id)!
  }
  const exclude_ = (id: string, item: string, time: number) =>
    excludedOf(id).set(item, Math.max(time, excludedOf(id).get(item) ?? Number.NEGATIVE_INFINITY))

  const changes: Change[] = []
  const place = { partition: 0, offset: 0 }
  const texts = (values: object) =>
    JSON.stringify(Object.fromEntries(Object.entries(values).map(([k, v]) => [k, `${v}`])))
  /** What a change means, when it is taken in. */
  const effects: (() => void)[][] = Array.from({ length: events.length + 1 }, () => [])
  const tellItem = (id: string, before: number) => {
    const { tags, ...goods }: Goods = {
      price: 1 + random.integer(10),
      brand: `b${random.integer(4)}`,
      promoted: random.uniform() < 0.2,
      stock: random.integer(4),
      tags: ['sale', 'gift', 'small'].filter(() => random.uniform() < 0.3),
    }
    const item = { id, title: null, features: '["kind=all"]', attributes: texts(goods), tags, deleted: false }
    changes.push({ kind: 'item', before, number: changes.length + 1, ...item, ...place })
    effects[before]!.push(() => {
      items.set(id, { ...goods, tags })
      deleted.delete(id)
    })
  }
  const deleteItem = (id: string, before: number) => {
    const item = { id, title: null, features: '[]', attributes: '{}', tags: [], deleted: true }
    changes.push({ kind: 'item', before, number: changes.length + 1, ...item, ...place })
    effects[before]!.push(() => deleted.add(id))
  }
  const tellUser = (id: string, before: number) => {
    const budget = random.integer(12)
    const user = { id, features: '[]', attributes: texts({ budget }), deleted: false }
    changes.push({ kind: 'user', before, number: changes.length + 1, ...user, ...place })
    effects[before]!.push(() => budgets.set(id, budget))
  }
  for (let item = 0; item < sizes.items + 6; item += 1 + random.integer(2)) tellItem(`i${item}`, 0)
  for (let guest = 0; guest < 8; guest++) tellUser(`guest${guest}`, 0)
  for (let k = 2; k < events.length; k += 2) {
    const what = random.uniform()
    if (what < 0.4) tellItem(`i${random.integer(sizes.items + 6)}`, k)
    else if (what < 0.6) deleteItem(`i${random.integer(sizes.items + 6)}`, k)
    else tellUser(`u${random.integer(sizes.users)}`, k)
  }
  const block = { ...plain!, changes }

  const made = new Map<string, number>()
  const merge = (fromUser: string, toUser: string, row: number) => {
    const asked = { commandId: `m${row}`, kind: 'merge', time: 0, shares: {}, arm: null, reason: '', appliedAt: null }
    const { command, followed } = learner.accept({ ...asked, fromUser, toUser } as Command)
    if (!followed) return
    learner.schedule({ ...command, appliedAt: row })
    const [from, to] = [whoIs(fromUser), whoIs(toUser)]
    names.set(from, to)
    if (!present.has(from)) return
    for (const [item, time] of excludedOf(from)) exclude_(to, item, time)
    // Whoever was not known yet goes on under the other name.
    if (!present.has(to)) {
      present.delete(from)
      present.add(to)
      const budget = budgets.get(from)
      if (budget !== undefined) budgets.set(to, budget)
    }
  }
  let learner = createLearner({ definition, backend })
  for (const [k, event] of events.entries()) {
    for (const effect of effects[k]!) effect()
    if (k % 37 === 36) merge(`u${random.integer(sizes.users)}`, `u${random.integer(sizes.users + 4)}`, k + 1)
    const user = whoIs(event.user)
    // A profile that came before the user's first event comes again with that event; here it does not.
    if (!present.has(user)) budgets.delete(user)
    present.add(user)
    const { again } = meanings[event.behaviour]
    if (!items.has(event.item)) items.set(event.item, null)
    if (again !== 'always')
      exclude_(user, event.item, again === 'never' ? Number.POSITIVE_INFINITY : event.time + again)
    for (const list of learner.consume(block, k, k + 1).recommendations) {
      made.set(list.arm, (made.get(list.arm) ?? 0) + 1)
      const excluded = until.get(list.userId)
      const free = (id: string) => {
        const goods = items.get(id) ?? null
        const stocked = definition.available === undefined || (goods !== null && goods.stock > 0)
        return stocked && !deleted.has(id) && !((excluded?.get(id) ?? Number.NEGATIVE_INFINITY) > list.time)
      }
      const seesAll = list.arm === 'today' ? candidates === 100 : exclude === 0
      expectList(list, { items, free, budget: budgets.get(list.userId) }, { rules, length: 5, seesAll })
    }
    if (k % 60 !== 59) continue
    const state = learner.save()
    learner.dispose()
    learner = createLearner({ definition, backend })
    learner.restore(state)
  }
  learner.dispose()
  return made
}
