import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { createLearner } from '../../../src/learner/create-learner.ts'
import type { Learner } from '../../../src/learner/learner.ts'
import { type Backend, openBackend } from '../../../src/nn/backend.ts'
import type { Change, InterestBlock } from '../../../src/records/interest-block.ts'
import type { Question } from '../../../src/records/question.ts'
import { smallPipeline, smallWorld, toBlocks } from '../interest-stream.ts'

let backend: Backend
beforeAll(async () => {
  backend = await openBackend()
})

const policies = ['random', 'popularity', 'myopic', 'q-learning', 'dqn', 'a2c', 'a3c', 'ddpg-la'] as const
const events = 200

/** Some are those of many, some of few. */
function featuresOf(user: string): string {
  const k = Number(user.replace(/\D/g, ''))
  return JSON.stringify([`side=${k % 2}`, `city=c${k % 7}`, `age=${10 + k}`])
}

/** Every kind of arm, fewer places than there are users and items, rules, items that come between events. */
function world(exploration: 'epsilon' | 'thompson', seed: number) {
  const small = smallPipeline(
    { blockSize: 24, maxUsers: 20, maxItems: 25 },
    { everyMs: 0, everybodyMs: 200_000, newItems: 0.1, exploration, alternatives: 'yes' },
  )
  const definition = {
    ...small,
    reward: ({ value }: { value: number | null }) => value ?? 0.5,
    plan: { ...small.plan, exclude: 2 },
    rules: [
      { show: "!has(item.price) || item.price < 90 || context.surface == 'cart'" },
      { boost: 'item.price > 50', by: 3 },
      { cap: { by: 'item.price', most: 2 } },
    ],
    arms: [
      { name: 'today', policy: 'champion' as const, share: 2 },
      ...policies.map(policy => ({ name: policy, policy, share: 1 })),
    ],
  }
  const featured = smallWorld(events, seed).map(event => ({ ...event, userFeatures: featuresOf(event.user) }))
  const [plain] = toBlocks(featured, { shortLength: 4, size: events })
  const changes = Array.from({ length: 30 }, (_, k): Change => {
    const about = { before: 5 * k, number: k + 1, partition: 0, offset: k, deleted: k % 11 === 10 }
    const attributes = JSON.stringify({ price: String((37 * k) % 120) })
    if (k % 5 === 4) return { ...about, kind: 'user', id: `new${k}`, features: featuresOf(`new${k}`), attributes: '{}' }
    return {
      ...about,
      kind: 'item',
      id: `i${k}`,
      title: `Item ${k}`,
      features: '["side=1"]',
      attributes,
      tags: ['all'],
    }
  })
  return { definition, block: { ...plain!, changes } as InterestBlock }
}

const ids = fc.oneof(
  fc.integer({ min: 0, max: 45 }).map(k => `u${k}`),
  // Of these a profile comes, and no event.
  fc.constantFrom('new4', 'new9', 'new14', 'new19'),
)
const items = fc.integer({ min: 0, max: 45 }).map(k => `i${k}`)
const wishes = fc.record({
  count: fc.constantFrom(null, 1, 3, 30),
  context: fc.constantFrom({}, { page: 'home' }),
  filter: fc.constantFrom(
    null,
    { text: 'item.price < params.most', params: { most: 60 } },
    { text: 'item.price <', params: {} },
    { text: 'user.events > 3', params: {} },
  ),
  exclude: fc.array(items, { maxLength: 3 }),
  includeSeen: fc.boolean(),
  surface: fc.constantFrom(null, 'cart'),
  explain: fc.boolean(),
  after: fc.constant(null),
  unless: fc.constant(null),
  now: fc.constantFrom(0, 1_500_000, 1.8e12),
})
const session = fc.array(
  fc.record({
    itemId: items,
    behaviour: fc.constantFrom('watch', 'other'),
    value: fc.constantFrom(null, 0.9),
    time: fc.nat(2_000_000),
  }),
  { minLength: 1, maxLength: 6 },
)
const found = { filter: fc.constantFrom(null, { text: 'item.price < 50', params: {} }), now: fc.constant(0) }
const questions: fc.Arbitrary<Question> = fc.oneof(
  fc.tuple(ids, wishes).map(([userId, how]): Question => ({ kind: 'list', userId, ...how })),
  fc.tuple(session, wishes).map(([each, how]): Question => ({ kind: 'session', userId: '', events: each, ...how })),
  fc.tuple(ids, fc.array(items, { minLength: 1, maxLength: 40 })).map(
    ([userId, itemIds]): Question => ({
      kind: 'rank',
      userId,
      itemIds,
      context: {},
      explain: false,
      after: null,
      now: 0,
    }),
  ),
  fc.record({
    kind: fc.constantFrom('similar', 'popular', 'new'),
    itemId: items,
    category: fc.constantFrom(null, 'all'),
    count: fc.constantFrom(1, 10),
    ...found,
  }),
)

/** All that a learner holds and gave, as text. */
function everything(learner: Learner, block: InterestBlock, ask: (learner: Learner, k: number) => void): string {
  const lists: unknown[] = []
  for (let k = 0; k < block.sequence.length; k++) {
    ask(learner, k)
    lists.push(learner.consume(block, k, k + 1))
  }
  ask(learner, block.sequence.length)
  const { arrays, meta } = learner.save()
  const bytes = Object.entries(arrays).map(([name, array]) => {
    return [name, Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString('base64')]
  })
  const text = JSON.stringify({ lists, meta, weights: learner.weightsSha256(), bytes })
  learner.dispose()
  return text
}

function nothingChanges(exploration: 'epsilon' | 'thompson', which: { seed: number; numRuns?: number; path?: string }) {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1e6 }),
      fc.array(fc.tuple(fc.integer({ min: 0, max: events }), questions), { minLength: 20, maxLength: 60 }),
      (seed, asked) => {
        const { definition, block } = world(exploration, seed)
        const quiet = everything(createLearner({ definition, backend }), block, () => {})
        const answers = new Map<string, string>()
        const busy = everything(createLearner({ definition, backend }), block, (learner, at) => {
          for (const [k, question] of asked) {
            if (k !== at) continue
            const answer = JSON.stringify(learner.answer(question))
            const again = JSON.stringify(learner.answer(question))
            expect(again).toBe(answer)
            answers.set(`${k} ${JSON.stringify(question)}`, answer)
          }
        })
        if (busy !== quiet) expect(firstDifference(JSON.parse(busy), JSON.parse(quiet))).toBe('')
      },
    ),
    { ...which, endOnFailure: true },
  )
}

test.each(['epsilon', 'thompson'] as const)('whatever is asked, the learner stays as it was: %s', exploration => {
  nothingChanges(exploration, { numRuns: Number(process.env['RUNS'] ?? 1), seed: Number(process.env['SEED'] ?? 1) })
})

test('where an item without events stands for an answer is no part of what was learned', () => {
  nothingChanges('thompson', { seed: 1_768_876_848, path: '4', numRuns: 1 })
})

/** Where two texts of everything differ first. */
function firstDifference(busy: { bytes: string[][]; lists: unknown[]; meta: unknown }, quiet: typeof busy): string {
  const list = busy.lists.findIndex((each, k) => JSON.stringify(each) !== JSON.stringify(quiet.lists[k]))
  const arrays = busy.bytes.filter(([name, text]) => quiet.bytes.find(([other]) => other === name)?.[1] !== text)
  return `list ${list}, arrays ${arrays.map(([name]) => name).join(', ')}`
}
