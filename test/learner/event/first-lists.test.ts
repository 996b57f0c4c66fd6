import { beforeAll, expect, test } from 'vitest'
import { createLearner } from '../../../src/learner/create-learner.ts'
import { type Backend, openBackend } from '../../../src/nn/backend.ts'
import { smallPipeline, smallWorld, toBlocks } from '../interest-stream.ts'

let backend: Backend
beforeAll(async () => {
  backend = await openBackend('wasm')
})

// One event every ten seconds; the list for nobody in particular every ten minutes of event time.
const definition = smallPipeline({ blockSize: 32 }, { everybodyMs: 600_000 })
const blocks = toBlocks(smallWorld(400, 3), { shortLength: 4, size: 200 })

test('nobody in particular has a list every so often, once there was a step to learn', () => {
  const learner = createLearner({ definition, backend })
  const lists = blocks.flatMap(block => learner.consume(block, 0, block.sequence.length).recommendations)
  learner.dispose()
  const everybodys = lists.filter(({ userId }) => userId === '')
  expect(everybodys.length).toBeGreaterThanOrEqual(5)
  expect(everybodys.length).toBeLessThanOrEqual(7)
  expect(everybodys[0]).toMatchObject({ sequence: 32, recommendationId: 'small-32.0', policy: expect.any(String) })
  expect(everybodys[0]!.items).toHaveLength(5)
})

test('whoever has a profile and no event has a list of what people alike go for', () => {
  // What the two sides like has nothing in common.
  const events = smallWorld(800, 3)
    .filter(({ reward }) => reward > 0.55)
    .map(event => ({ ...event, reward: 1 }))
  const newcomers = Array.from({ length: 10 }, (_, k) => ({
    ...{ kind: 'user' as const, before: 1, number: k + 1, id: `new${k}`, attributes: '{}', deleted: false },
    ...{ partition: 0, offset: k, features: JSON.stringify([`side=${k % 2}`]) },
  }))
  const [block] = toBlocks(events, { shortLength: 4, size: events.length })
  const asked = smallPipeline({ blockSize: 200 }, { newUsers: 'yes', epsilon: 0 })
  const learner = createLearner({ definition: asked, backend })
  const { recommendations } = learner.consume({ ...block!, changes: newcomers }, 0, events.length)
  learner.dispose()
  const lists = recommendations.filter(({ userId }) => userId.startsWith('new'))
  expect(lists.map(({ userId }) => userId)).toEqual(newcomers.map(({ id }) => id))
  const own = lists.flatMap(({ userId, items }) =>
    items.filter(({ itemId }) => Number(itemId.slice(1)) % 2 === Number(userId.slice(3)) % 2),
  )
  expect(own.length).toBeGreaterThanOrEqual(0.8 * 5 * lists.length)
})
