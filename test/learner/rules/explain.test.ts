import { expect, test } from 'vitest'
import { createLearner } from '../../../src/learner/create-learner.ts'
import type { ExplainedList } from '../../../src/learner/learner.ts'
import { openBackend } from '../../../src/nn/backend.ts'
import { smallPipeline, smallWorld, toBlocks } from '../interest-stream.ts'

test('the explanation of a list has its places, and says what rules do for its items', async () => {
  const rules = [
    { name: 'odd', boost: 'item.id.endsWith("1")', by: 3 },
    { name: 'on top', pin: 'item.id.endsWith("7")', place: 2 },
  ]
  const definition = { ...smallPipeline({}, { everyMs: 0, epsilon: 0 }), rules }
  const learner = createLearner({ definition, backend: await openBackend('wasm') })
  const events = smallWorld(120, 1)
  const [block] = toBlocks(events, { shortLength: 4, size: events.length })
  learner.consume(block!, 0, 119)
  let explained: ExplainedList | null = null
  const explain = { sequence: 120, userId: events[119]!.user, take: (each: ExplainedList) => (explained = each) }
  learner.consume(block!, 119, 120, { explain })
  learner.dispose()
  const { list, explanation } = explained!
  expect(explanation.items.map(({ itemId }) => itemId)).toEqual(list.items.map(({ itemId }) => itemId))
  expect(explanation.items.map(({ place }) => place)).toEqual([1, 2, 3, 4, 5])
  for (const [k, { itemId, rules }] of explanation.items.entries()) {
    expect(rules).toEqual([
      ...(itemId.endsWith('1') ? ['rule "odd" gives it 3 times the odds'] : []),
      ...(k === 1 ? ['rule "on top" pins such an item to place 2'] : []),
    ])
  }
})
