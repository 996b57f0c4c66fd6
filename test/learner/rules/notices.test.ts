import { expect, test } from 'vitest'
import { createLearner } from '../../../src/learner/create-learner.ts'
import { openBackend } from '../../../src/nn/backend.ts'
import { smallPipeline, smallWorld, toBlocks } from '../interest-stream.ts'

test('a learner says once that a rule has no value for what lists might hold', async () => {
  const definition = { ...smallPipeline(), rules: [{ name: 'cheap', show: 'item.price < 5' }] }
  const learner = createLearner({ definition, backend: await openBackend('wasm') })
  const [block] = toBlocks(smallWorld(20, 1), { shortLength: 4, size: 20 })
  expect(learner.consume(block!, 0, 20).recommendations).toEqual([])
  expect(learner.notices()).toEqual([expect.stringMatching(/^The rule "cheap" has no value in \d+ cases so far/)])
  expect(learner.notices()).toEqual([])
  learner.dispose()
})
