import { expect, test } from 'vitest'
import { createLearner } from '../../src/learner/create-learner.ts'
import type { Learner } from '../../src/learner/learner.ts'
import { openBackend } from '../../src/nn/backend.ts'
import type { InterestBlock } from '../../src/records/interest-block.ts'
import { packSignals } from '../../src/records/signals.ts'
import { smallPipeline, smallWorld, toBlocks } from './interest-stream.ts'

const definition = smallPipeline({ blockSize: 32 }, {}, { kind: 'watch', positiveFrom: 0.5 })
/** Events that say what they can. */
const blocks = toBlocks(smallWorld(600, 3, { users: 40, items: 40 }), { shortLength: 4, size: 100 }).map(block => ({
  ...block,
  signals: block.reward.map((reward, k) =>
    packSignals(20 * reward, { click: k % 2, longView: k % 3 === 0 ? 1 : 0, duration: 30 }),
  ),
}))
const consume = (learner: Learner, all: readonly InterestBlock[]) => {
  for (const block of all) learner.consume(block, 0, block.sequence.length)
}

test('a learner of watch rewards that is saved and restored goes on to the last bit, in weights and scores', async () => {
  const backend = await openBackend()
  const straight = createLearner({ definition, backend })
  consume(straight, blocks)
  const [before, after] = [createLearner({ definition, backend }), createLearner({ definition, backend })]
  consume(before, blocks.slice(0, 3))
  after.restore(structuredClone(before.save()))
  consume(after, blocks.slice(3))
  expect(after.weightsSha256()).toBe(straight.weightsSha256())
  expect(after.scores()).toEqual(straight.scores())
  expect(after.scores().map(({ metric }) => metric)).toContain('addedLow')
  expect(after.save().arrays).toEqual(straight.save().arrays)
})
