import { beforeAll, expect, test } from 'vitest'
import { createLearner } from '../../../src/learner/create-learner.ts'
import type { Learner } from '../../../src/learner/learner.ts'
import { type Backend, openBackend } from '../../../src/nn/backend.ts'
import type { Change, InterestBlock } from '../../../src/records/interest-block.ts'
import type { ListQuestion } from '../../../src/records/question.ts'
import { smallPipeline, smallWorld, toBlocks } from '../interest-stream.ts'

let backend: Backend
beforeAll(async () => {
  backend = await openBackend('wasm')
})

// What the two sides like has nothing in common; i39 is for members.
const events = smallWorld(800, 3)
  .filter(({ reward }) => reward > 0.55)
  .map(event => ({ ...event, reward: 1 }))
const newcomers = ['new0', 'new1', 'new2', 'new3']
const profile = (k: number, number: number, before: number, deleted = false): Change => ({
  ...{ kind: 'user', before, number, id: newcomers[k]!, deleted, partition: 0, offset: number },
  ...(deleted
    ? { features: '[]', attributes: '{}' }
    : { features: `["side=${k % 2}"]`, attributes: `{"club":"c${k}"}` }),
})
const definition = smallPipeline({ blockSize: 200 }, { newUsers: 'yes', epsilon: 0 })
const question: ListQuestion = {
  ...{ kind: 'list', userId: 'new0', count: 5, context: {}, filter: null, exclude: [], includeSeen: false },
  ...{ surface: null, explain: false, after: null, unless: null, now: 0 },
}

function blockOf(changes: Change[], last = events.slice(0, 0)): InterestBlock {
  const [block] = toBlocks([...events, ...last], { shortLength: 4, size: 10_000 })
  return { ...block!, changes }
}
function listOf(learner: Learner, userId: string, filter: string | null = null) {
  const wanted = filter === null ? null : { text: filter, params: {} }
  const answer = learner.answer({ ...question, userId, filter: wanted })
  if (answer.kind !== 'list') throw new Error(answer.kind)
  return answer.list
}
/** How many of the list are of a side. */
const ofSide = (learner: Learner, userId: string, side: number) =>
  listOf(learner, userId).items.filter(({ itemId }) => Number(itemId.slice(1)) % 2 === side).length

test.each(['yes', 'no'] as const)(
  'whoever has a profile and no event is known by it in every list that is asked for, lists of their own: %s',
  newUsers => {
    const learner = createLearner({
      definition: { ...definition, recommend: { ...definition.recommend, newUsers } },
      backend,
    })
    const block = blockOf([0, 1, 2, 3].map(k => profile(k, k + 1, 1)))
    const { recommendations } = learner.consume(block, 0, block.sequence.length)
    expect(recommendations.filter(({ userId }) => userId.startsWith('new'))).toHaveLength(newUsers === 'yes' ? 4 : 0)
    for (const restored of [false, true]) {
      if (restored) learner.restore(structuredClone(learner.save()))
      for (const [k, userId] of newcomers.entries()) {
        expect(ofSide(learner, userId, k % 2)).toBeGreaterThanOrEqual(4)
        expect(listOf(learner, userId, `user.club == 'c${k}'`).items).toHaveLength(5)
        expect(listOf(learner, userId, `user.club == 'c9'`).items).toEqual([])
      }
      expect(listOf(learner, 'nobody knows me', `has(user.club)`).items).toEqual([])
    }
    learner.dispose()
  },
)

test('a profile counts as it was told last; one that is gone, or whose user has come, is no newcomer’s', () => {
  const learner = createLearner({ definition, backend })
  const end = events.length
  const changes = [profile(0, 1, 1), profile(1, 2, 1), profile(2, 3, 1), profile(1, 4, end - 1, true)]
  changes.push({ ...profile(0, 5, end), features: '["side=1"]', attributes: '{"club":"other"}' } as Change)
  const came = {
    ...events.at(-1)!,
    user: 'new2',
    item: 'i1',
    time: events.at(-1)!.time + 1,
    userFeatures: '["side=0"]',
  }
  const block = blockOf(changes, [came])
  learner.consume(block, 0, block.sequence.length)
  expect(ofSide(learner, 'new0', 1)).toBeGreaterThanOrEqual(4)
  expect(listOf(learner, 'new0', `user.club == 'other'`).items).toHaveLength(5)
  expect(listOf(learner, 'new1', `has(user.club)`).items).toEqual([])
  const arrays = learner.save().arrays['first.ids.text'] as Uint8Array
  expect(Buffer.from(arrays).toString()).toBe('new0')
  learner.dispose()
})

test('of more than a hundred thousand newcomers those of whom nothing has come for longest are forgotten', () => {
  const few = smallPipeline({ blockSize: 200, maxUsers: 40 }, { newUsers: 'yes', epsilon: 0 })
  const learner = createLearner({ definition: few, backend })
  const others = Array.from({ length: 99_999 }, (_, k) => ({ ...profile(3, k + 5, 1), id: `other${k}` }) as Change)
  const block = blockOf([...[0, 1, 2].map(k => profile(k, k + 1, 0)), ...others])
  learner.consume(block, 0, block.sequence.length)
  expect(listOf(learner, 'new0', `has(user.club)`).items).toEqual([])
  expect(listOf(learner, 'new2', `has(user.club)`).items).toHaveLength(5)
  learner.dispose()
})
