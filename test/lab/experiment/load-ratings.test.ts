import { expect, test } from 'vitest'
import { encodeEvent } from '../../../src/codec/input.ts'
import { openKey } from '../../../src/ingest/clean/clean.ts'
import { createEventCollector } from '../../../src/ingest/collect/collect.ts'
import { Stages } from '../../../src/ingest/stages.ts'
import { blocksOf } from '../../../src/lab/experiment/blocks.ts'
import { loadRatings } from '../../../src/lab/experiment/load-ratings.ts'
import { definePipeline } from '../../../src/pipeline/define-pipeline.ts'
import type { BehaviourEvent } from '../../../src/records/definition.ts'
import { findPipeline } from '../../../src/run/find-pipeline.ts'

const view = (userId: string, itemId: string, time: number, value: number): BehaviourEvent => {
  return {
    eventId: `${userId}:${itemId}:${time}`,
    userId,
    itemId,
    behaviour: 'view',
    time,
    value,
    properties: {},
    recommendationId: null,
  }
}
const base = Date.UTC(2024, 0, 1)
const shop = definePipeline({
  name: 'shop',
  behaviours: ['view'],
  scale: { kind: 'watch', positiveFrom: 0.5 },
  reward: event => (event.value ?? 0) / 10,
  source: {
    kind: 'text',
    read: () => ({
      profiles: () => [{ userId: 'ada', attributes: { age: '25-34' } }],
      items: () => [{ itemId: 'lamp', title: null, attributes: {}, tags: ['light'] }],
      events: () => [
        view('bob', 'lamp', base + 2000, 4),
        view('ada', 'sofa', base + 1000, 9),
        view('ada', 'lamp', base + 3000, 1),
        view('ada', 'lamp', base + 3000, 1), // a repeat
        view('bob', 'sofa', base + 4000, 11), // no reward in [0, 1]
      ],
    }),
  },
})

test('events are cleaned, put in order of time, and ids become slots in order of appearance', async () => {
  const ratings = await loadRatings(shop, 'a small shop')
  expect({ ...ratings, event: undefined }).toEqual({
    source: 'a small shop',
    rejected: 2,
    length: 3,
    user: Int32Array.of(0, 1, 0),
    item: Int32Array.of(0, 1, 1),
    reward: Float64Array.of(0.9, 0.4, 0.1),
    time: Float64Array.of(base + 1000, base + 2000, base + 3000),
    userIds: ['ada', 'bob'],
    itemIds: ['sofa', 'lamp'],
    userTokens: [['age=25-34'], []],
    itemTokens: [[], ['tag=light']],
    userAttributes: ['{"age":"25-34"}', ''],
    catalogue: [
      {
        ...{ itemId: 'lamp', title: null, attributes: {}, tags: ['light'], features: '["tag=light"]' },
        ...{ time: Number.NEGATIVE_INFINITY, deleted: false },
      },
    ],
  })
  expect(ratings.event(1)).toEqual(view('bob', 'lamp', base + 2000, 4))
})

test('what start would say of rejections is said of a source as well', async () => {
  const notices: string[] = []
  await loadRatings(shop, 'a small shop', message => notices.push(message))
  expect(notices).toEqual([
    "A function of the pipeline's module fails: reward returned 1.1; it must be a number in [0, 1]. What it fails on is a dead letter.",
    'Of 5 events that came in, 2 were rejected: 1 duplicate-id, 1 definition-failed.',
  ])
})

test('blocks are the very sequences that ingest would publish', async () => {
  const definition = await findPipeline('generated')
  const source = 'events=1500,users=40,items=30'
  const position = { sequence: 0, deadLetter: 0, publishedSequence: 0, key: openKey }
  const stages = new Stages({ definition, collector: createEventCollector({}), position, clock: () => 0 })
  const records = []
  for await (const event of definition.source!.read(source).events()) {
    const value = encodeEvent(event, 'json')
    const key = Buffer.from(event.userId)
    const offset: number = records.length
    records.push({ topic: 't', partition: 0, offset, timestamp: event.time, key, value, headers: {} })
  }
  const nothing = { users: { take: () => [] }, items: { take: () => [] } }
  const { blocks } = stages.work(stages.collect(records), nothing)
  const ratings = await loadRatings(definition, source)
  const bare = { ...ratings, userTokens: ratings.userIds.map(() => []), itemTokens: ratings.itemIds.map(() => []) }
  expect([...blocksOf(bare, definition)]).toEqual(blocks)
})

test('rows may pass in another order, numbered as they pass', async () => {
  const ratings = await loadRatings(shop, 'a small shop')
  const [block] = [...blocksOf(ratings, shop, Int32Array.of(2, 0))]
  expect(block).toMatchObject({ sequence: [1, 2], reward: [0.1, 0.9], late: [0, 1], shortCount: [0, 1] })
})

test('a source that is not there, or not said, is told in a sentence', async () => {
  const movielens = await findPipeline('movielens')
  await expect(loadRatings(movielens)).rejects.toMatchObject({ code: 'SOURCE_MISSING', message: /--source/ })
  await expect(loadRatings(movielens, 'no-such-folder')).rejects.toMatchObject({ code: 'SOURCE_MISSING' })
  const { source: _, ...fed } = movielens
  await expect(loadRatings(fed, 'x')).rejects.toMatchObject({ code: 'CONFIG_INVALID' })
})
