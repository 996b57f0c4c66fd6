import { beforeAll, expect, test } from 'vitest'
import { createLearner } from '../../src/learner/create-learner.ts'
import { type Backend, openBackend } from '../../src/nn/backend.ts'
import { smallPipeline, smallWorld, toBlocks } from './interest-stream.ts'

let backend: Backend
beforeAll(async () => {
  backend = await openBackend()
})

const definition = smallPipeline()
const blocks = toBlocks(smallWorld(400, 1), { shortLength: 4, size: 200 })
/** One sequence of user u3, as it stands in the second block. */
const asked = () => {
  const block = blocks[1]!
  const k = block.user.findIndex(user => block.users[user]!.id === 'u3')
  const from = block.shortCount.slice(0, k).reduce((sum, count) => sum + count, 0)
  const to = from + block.shortCount[k]!
  return {
    block: {
      ...block,
      shortCount: [to - from],
      shortItem: block.shortItem.slice(from, to),
      shortTime: block.shortTime.slice(from, to),
      shortReward: block.shortReward.slice(from, to),
    },
    userId: 'u3',
    time: block.time[k]!,
    itemIds: ['i1', 'i2', 'nobody knows it'],
  }
}

function learned() {
  const learner = createLearner({ definition, backend })
  learner.consume(blocks[0]!, 0, 200)
  return learner
}

test('the parts of an expectation add up to it, and known items alone are explained', () => {
  const learner = learned()
  const { events, items } = learner.explain(asked())!
  expect(events).toBeGreaterThan(0)
  expect(items.map(({ itemId }) => itemId)).toEqual(['i1', 'i2'])
  for (const item of items) {
    const sum = item.parts.reduce((total, { reward }) => total + reward, 0)
    expect(sum).toBeCloseTo(item.expected, 6)
    expect(item.deviation).toBeGreaterThan(0)
    expect(item.place).toBeGreaterThanOrEqual(1)
    expect(item.place).toBeLessThanOrEqual(item.candidates)
    expect(item.features).toHaveLength(3)
    expect(item.alike.reduce((total, { share }) => total + share, 0)).toBeLessThanOrEqual(1)
  }
  learner.dispose()
})

test('explaining changes nothing', () => {
  const [asking, silent] = [learned(), learned()]
  asking.explain(asked())
  for (const learner of [asking, silent]) learner.consume(blocks[1]!, 0, 200)
  expect(asking.save()).toEqual(silent.save())
  asking.dispose()
  silent.dispose()
})

test('nothing is said of a user who is not known', () => {
  const learner = learned()
  expect(learner.explain({ ...asked(), userId: 'nobody' })).toBeNull()
  learner.dispose()
})
