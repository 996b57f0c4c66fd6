import { expect, test } from 'vitest'
import { createLearner } from '../../../src/learner/create-learner.ts'
import { openBackend } from '../../../src/nn/backend.ts'
import type { ItemChange } from '../../../src/records/interest-block.ts'
import { seededRandom } from '../../../src/state/random.ts'
import { smallPipeline, toBlocks } from '../interest-stream.ts'

test('among four thousand items of fifty categories, most of a list is of the one that the user keeps to', async () => {
  const random = seededRandom(53, 'many items')
  const [items, categories] = [4_000, 50]
  const features = (item: number) => JSON.stringify([`tag=c${item % categories}`, `brand=b${item % 499}`])
  const events = Array.from({ length: 1_200 }, (_, k) => {
    const user = random.integer(100)
    const own = random.uniform() < 0.8 ? user % categories : random.integer(categories)
    const item = categories * Math.floor((items / categories) * random.uniform() ** 2) + own
    const reward = random.uniform() < 0.5 ? 1 : 0.1
    return { user: `u${user}`, item: `i${item}`, time: 1e9 + 3_000 * k, reward, itemFeatures: features(item) }
  })
  const changes = Array.from(
    { length: items },
    (_, item): ItemChange => ({
      ...{ kind: 'item', before: 0, number: item + 1, id: `i${item}`, title: null, attributes: '{}', deleted: false },
      ...{ tags: [`c${item % categories}`], features: features(item), partition: 0, offset: item },
    }),
  )
  const [block] = toBlocks(events, { shortLength: 4, size: events.length })
  const definition = smallPipeline(
    { maxItems: 5_000 },
    { length: 10, candidates: 200 },
    { kind: 'watch', positiveFrom: 0.5 },
  )
  const learner = createLearner({ definition, backend: await openBackend('wasm') })
  const { recommendations } = learner.consume({ ...block!, changes }, 0, events.length)
  learner.dispose()
  const late = recommendations.slice(-100)
  const places = late.flatMap(list =>
    list.items.map(({ itemId }) => [Number(itemId.slice(1)), Number(list.userId.slice(1))]),
  )
  expect(places).toHaveLength(1_000)
  const own = places.filter(([item, user]) => item! % categories === user! % categories)
  expect(own.length / places.length).toBeGreaterThan(0.6)
})
