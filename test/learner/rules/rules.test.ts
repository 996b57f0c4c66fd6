import { beforeAll, expect, test } from 'vitest'
import { createLearner } from '../../src/learner/create-learner.ts'
import { type Backend, openBackend } from '../../src/nn/backend.ts'
import type { Change } from '../../src/records/interest-block.ts'
import type { Rule } from '../../src/records/rules.ts'
import { seededRandom } from '../../src/state/random.ts'
import { smallPipeline, smallWorld, toBlocks } from './interest-stream.ts'

let backend: Backend
beforeAll(async () => {
  backend = await openBackend('wasm')
})

const policies = ['champion', 'random', 'popularity', 'q-learning', 'dqn', 'a2c', 'ddpg-la'] as const
const arms = policies.map(policy => ({ name: policy, policy, share: 1 }))
const rules: Rule[] = [
  { name: 'affordable', show: 'item.price <= user.budget' },
  { name: 'no chance for dear ones', show: 'item.price < 8 || context.arm != "random"' },
  { name: 'brands', cap: { by: 'item.brand', most: 2 } },
  { name: 'on top', pin: 'item.promoted', place: 1 },
  { name: 'cheap', boost: 'item.price < 3', by: 4 },
]

interface Goods {
  price: number
  brand: string
  promoted: boolean
}

test.each([1, 2])('no list of any arm breaks a rule, whatever changes, or is restored (seed %i)', seed => {
  const random = seededRandom(seed, 'rules')
  const events = smallWorld(360, seed, { users: 28, items: 30 })
  const [plain] = toBlocks(events, { shortLength: 4, size: events.length })
  const place = { partition: 0, offset: 0 }
  const anyGoods = (): Goods => ({
    price: 1 + random.integer(10),
    brand: `b${random.integer(4)}`,
    promoted: random.uniform() < 0.2,
  })
  const texts = (values: object) =>
    JSON.stringify(Object.fromEntries(Object.entries(values).map(([k, v]) => [k, `${v}`])))
  const changes: Change[] = []
  const goodsAt: { before: number; id: string; goods: Goods }[] = []
  const budgetsAt: { before: number; id: string; budget: number }[] = []
  const tellItem = (id: string, before: number) => {
    const goods = anyGoods()
    goodsAt.push({ before, id, goods })
    const item = { id, title: null, features: '["kind=all"]', attributes: texts(goods), tags: [], deleted: false }
    changes.push({ kind: 'item', before, number: changes.length + 1, ...item, ...place })
  }
  const tellUser = (id: string, before: number) => {
    const budget = random.integer(12)
    budgetsAt.push({ before, id, budget })
    const user = { id, features: '[]', attributes: texts({ budget }), deleted: false }
    changes.push({ kind: 'user', before, number: changes.length + 1, ...user, ...place })
  }
  for (let item = 0; item < 40; item++) tellItem(`i${item}`, 0)
  for (let guest = 0; guest < 20; guest++) tellUser(`guest${guest}`, 0)
  for (let k = 3; k < events.length; k += 3) {
    if (random.uniform() < 0.5) tellItem(`i${random.integer(40)}`, k)
    else tellUser(`u${random.integer(28)}`, k)
  }
  // Profiles come with events, too; what a change says of a user who has had one holds from then on.
  const block = { ...plain!, changes }
  const definition = {
    ...smallPipeline({ blockSize: 48 }, { everyMs: 0, newUsers: 'yes', everybodyMs: 300_000, newItems: 0.1 }),
    ...{ arms, rules },
  }
  const goods = new Map<string, Goods>()
  const budgets = new Map<string, number>()
  const seen = new Set<string>()
  const reasons = new Set<string>()
  const armsSeen = new Set<string>()
  let learner = createLearner({ definition, backend })
  for (let k = 0; k < events.length; k++) {
    for (const { before, id, goods: now } of goodsAt) if (before === k) goods.set(id, now)
    for (const { before, id, budget } of budgetsAt) {
      if (before === k && (id.startsWith('guest') || seen.has(id))) budgets.set(id, budget)
    }
    seen.add(events[k]!.user)
    for (const list of learner.consume(block, k, k + 1).recommendations) {
      const budget = budgets.get(list.userId) ?? Number.NEGATIVE_INFINITY
      const shown = list.items.map(({ itemId }) => goods.get(itemId)!)
      armsSeen.add(list.arm)
      if (list.short !== null) reasons.add(list.short)
      const told = { list: list.recommendationId, arm: list.arm }
      expect({ ...told, dear: shown.filter(({ price }) => price > budget) }).toEqual({ ...told, dear: [] })
      if (list.arm === 'random') expect(shown.every(({ price }) => price < 8)).toBe(true)
      for (const brand of new Set(shown.map(each => each.brand))) {
        expect({ ...told, held: shown.filter(each => each.brand === brand).length <= 2 }).toEqual({
          ...told,
          held: true,
        })
      }
      // If something promoted could have stood in the list, it stands on top.
      if (shown.some(({ promoted }) => promoted)) expect(shown[0]!.promoted).toBe(true)
      for (const { propensity } of list.items) expect(propensity > 0 && propensity <= 1).toBe(true)
      expect(list.short === null).toBe(list.items.length === definition.recommend.length)
    }
    if (k % 120 !== 119) continue
    const state = learner.save()
    learner.dispose()
    learner = createLearner({ definition, backend })
    learner.restore(state)
  }
  learner.dispose()
  expect(armsSeen.size).toBeGreaterThanOrEqual(6)
  expect([...reasons].some(reason => /rule "affordable" hides \d+/.test(reason))).toBe(true)
})
