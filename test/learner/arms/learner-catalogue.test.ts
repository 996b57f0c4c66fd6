import { beforeAll, expect, test } from 'vitest'
import { learnerParts } from '../../../src/learner/learner-parts.ts'
import { type Backend, openBackend } from '../../../src/nn/backend.ts'
import type { PipelineDefinition } from '../../../src/records/definition.ts'
import { smallPipeline } from '../interest-stream.ts'

let backend: Backend
beforeAll(async () => {
  backend = await openBackend('wasm')
})

const planned = (plan: Partial<PipelineDefinition['plan']> = {}) => {
  const arms = [{ name: 'chance', policy: 'random', share: 1 }] as const
  const parts = learnerParts(
    { ...smallPipeline(), arms, plan: { exclude: 5, vectorSize: 0, profileSize: 0, ...plan } },
    backend.tf,
  )
  const see = (
    user: string,
    item: string,
    reward: number,
    userFeatures = '["side=1"]',
    itemFeatures = '["kind=a"]',
  ) => {
    const slots = [parts.users.touch(user), parts.items.touch(item)] as const
    parts.userFeatures.set(slots[0], userFeatures)
    parts.itemFeatures.set(slots[1], itemFeatures)
    parts.arms.settleItem(slots[1])
    for (const policy of parts.learners) policy.learn(...slots, reward, 1e6)
    return slots
  }
  return { ...parts, see }
}
const row = ({ catalogue }: ReturnType<typeof planned>, item: number) => [
  ...catalogue.itemVectors().subarray(item * catalogue.itemSize, (item + 1) * catalogue.itemSize),
]

test('a new item is there at once with its features, and with what is learned of it from the next block on', () => {
  const each = planned()
  const { version } = each.catalogue
  const [, item] = each.see('ann', 'film', 1)
  expect(each.catalogue.itemCount).toBe(1)
  expect(each.catalogue.itemVectors()).toHaveLength(each.catalogue.itemSize)
  expect(each.catalogue.version).toBeGreaterThan(version)
  const fresh = row(each, item)
  expect(fresh.some(number => number !== 0)).toBe(true)
  for (let k = 0; k < 20; k++) each.see(`user-${k}`, 'film', 1)
  expect(row(each, item)).toEqual(fresh)
  const before = each.catalogue.version
  each.arms.endBlock()
  expect(each.catalogue.version).toBeGreaterThan(before)
  const [bias, popularity] = row(each, item).slice(4, 6)
  expect(bias).toBeGreaterThan(fresh[4]!)
  expect(popularity).toBeCloseTo(Math.log1p(21) / 5, 6)
})

test("a user's taste is what the factorisation knows of the user, in the items' coordinates", () => {
  const each = planned()
  // What one user alone has is no feature.
  for (let k = 0; k < 8; k++) each.see(`user-${k}`, 'film-0', 1)
  let user = 0
  for (let k = 0; k < 30; k++) user = each.see('ann', `film-${k}`, k % 2)[0]
  const taste = new Float32Array(each.catalogue.itemSize)
  each.catalogue.readTaste(user, taste)
  expect(taste.slice(0, 4).some(number => number !== 0)).toBe(true)
  expect(taste[5]).toBeCloseTo(Math.log1p(30) / 5, 6)
  const profile = new Float32Array(each.catalogue.profileSize)
  each.catalogue.readProfile(user, profile)
  expect(Math.hypot(...profile)).toBeCloseTo(1, 6)
})

test('numbers of features are taken as they come, and raise the version only when they are others', () => {
  const each = planned({ vectorSize: 2, profileSize: 1 })
  const [user, item] = each.see('ann', 'film', 1, '["#profile=0.5","#taste=1,2"]', '["#vector=3,4"]')
  const { version } = each.catalogue
  expect(row(each, item)).toEqual([3, 4])
  const taste = new Float32Array(2)
  each.catalogue.readTaste(user, taste)
  expect([...taste]).toEqual([1, 2])
  each.see('ann', 'film', 1, '["#profile=0.5","#taste=1,2","@tab=1"]', '["#vector=3,4","new=1"]')
  each.arms.endBlock()
  expect(each.catalogue.version).toBe(version)
  each.see('ann', 'film', 1, '[]', '["#vector=3,5"]')
  expect(each.catalogue.version).toBe(version + 1)
})
