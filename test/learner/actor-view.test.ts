import { beforeAll, expect, test } from 'vitest'
import { actorView } from '../../src/learner/actor-view.ts'
import { learnerParts } from '../../src/learner/learner-parts.ts'
import { type Backend, openBackend } from '../../src/nn/backend.ts'
import { smallPipeline } from './interest-stream.ts'

let backend: Backend
beforeAll(async () => {
  backend = await openBackend()
})

test.each([
  { criticWeight: 0.1, judged: true },
  { criticWeight: 0, judged: false },
])('with a critic of weight $criticWeight items are judged by it: $judged', ({ criticWeight, judged }) => {
  const definition = smallPipeline({ criticWeight })
  const parts = learnerParts(definition, backend.tf)
  const user = parts.users.touch('ann')
  const item = parts.items.touch('i1')
  const view = actorView(parts, definition.learn.hiddenSize)
  view.observe(user, 0, 0)
  const itemScores = view.itemScores(user, 0)
  expect(itemScores.value(itemScores.expect(item)) !== 0).toBe(judged)
})
