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
