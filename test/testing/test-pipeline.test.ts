import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodeEvent } from '../../src/codec/input.ts'
import { definePipeline } from '../../src/pipeline/define-pipeline.ts'
import { type SentEvent, type TestPipeline, testPipeline } from '../../src/testing/index.ts'

const worth: Record<string, number> = { view: 0.1, cart: 0.5, buy: 1 }
const shop = definePipeline({
  name: 'shop',
  behaviours: Object.keys(worth),
  reward: ({ behaviour }) => worth[behaviour] ?? 0,
  like: ({ behaviour }) => behaviour === 'buy',
  scale: { kind: 'watch', positiveFrom: 0.5 },
  clean: { botLimit: 5 },
  recommend: { everyMs: 0 },
})
const buy = { userId: 'ada', itemId: 'tea', behaviour: 'buy' }

test('of a source, all profiles and items are written, and as many events as are asked for', async () => {
  const events = [1, 2, 3].map(k => ({ ...buy, itemId: `i${k}`, eventId: `e${k}`, time: Date.UTC(2026, 0, k) }))
  const read = () => ({
    profiles: () => [{ userId: 'ada', attributes: { age: '36' } }],
    items: () => [{ itemId: 'i2', title: null, attributes: {}, tags: ['hot'] }],
    events: () => events.map(event => ({ ...event, value: null, properties: {}, recommendationId: null })),
  })
  using pipeline = testPipeline({ ...shop, source: { read } })
  await pipeline.importSource({ folder: 'a', events: 2 })
  expect(pipeline.rows.map(row => [row.eventId, row.userFeatures, row.itemFeatures])).toEqual([
    ['e1', ['age=36'], []],
    ['e2', ['age=36'], ['tag=hot']],
  ])
})

describe('rows', () => {
  test('an event is kept with its reward, its like and what is known of user and item', () => {
    const pipeline = testPipeline(shop)
    pipeline.profile({ userId: 'ada', attributes: { country: 'uk' } })
    pipeline.item({ itemId: 'tea', title: 'Tea', attributes: { kind: 'drink' }, tags: ['warm'] })
    const { row, rejection } = pipeline.send({ ...buy, value: 3, properties: { pieces: 2 } })
    expect(rejection).toBeNull()
    expect(row).toEqual({
      sequence: 1,
      partition: 0,
      offset: 0,
      eventId: null,
      userId: 'ada',
      itemId: 'tea',
      behaviour: 'buy',
      time: Date.UTC(2026, 0, 1),
      value: 3,
      properties: { pieces: 2 },
      recommendationId: null,
      reward: 1,
      liked: true,
      late: false,
      userKnown: true,
      itemKnown: true,
      userFeatures: ['country=uk'],
      itemFeatures: ['kind=drink', 'tag=warm'],
      count: 1,
    })
    expect(pipeline.rows).toEqual([row])
  })

  test('time goes on by a step where none is given, and from the newest one where one is', () => {
    const pipeline = testPipeline(shop, { startsAt: 1e12, stepMs: 10 })
    const times = [undefined, undefined, 1e12 + 500, 1e12 + 100, undefined]
    for (const time of times) pipeline.send({ ...buy, ...(time === undefined ? {} : { time }) })
    expect(pipeline.rows.map(({ time, late }) => [time - 1e12, late])).toEqual([
      [0, false],
      [10, false],
      [500, false],
      [100, true],
      [510, false],
    ])
  })

  test('an event joins what was sent before it and is not dated later', () => {
    const pipeline = testPipeline(shop, { startsAt: 1e12 })
    const age = (text: string, time: number) => pipeline.profile({ userId: 'ada', attributes: { age: text }, time })
    pipeline.send({ ...buy, time: 1e12 })
    age('20', 1e12)
    age('30', 1e12 + 2_000)
    pipeline.send({ ...buy, time: 1e12 + 1_000 })
    expect(pipeline.userFeatures('ada')).toEqual(['age=30'])
    pipeline.send({ ...buy, time: 1e12 + 2_000 })
    expect(pipeline.rows.map(row => row.userFeatures)).toEqual([[], ['age=20'], ['age=30']])
    expect(pipeline.userFeatures('bob')).toBeNull()
  })

  test('what stood before the first event is known from the beginning, unless its time is said', () => {
    const pipeline = testPipeline(shop, { startsAt: 1e12 })
    const timestamp = 1e12 + 1_000_000
    pipeline.sendRecord({ topic: 'user-profiles', key: 'ada', value: { userId: 'ada' }, timestamp })
    pipeline.item({ itemId: buy.itemId, time: timestamp })
    const { row } = pipeline.send({ ...buy, userId: 'ada', time: 1e12 })
    expect(row).toMatchObject({ userKnown: true, itemKnown: false })
  })

  test('a record without a value deletes the item that its key names', () => {
    const pipeline = testPipeline(shop)
    pipeline.item({ itemId: 'tea', attributes: { kind: 'drink' } })
    expect(pipeline.itemFeatures('tea')).toEqual(['kind=drink'])
    pipeline.sendRecord({ topic: 'items', key: 'tea', value: null })
    expect(pipeline.itemFeatures('tea')).toBeNull()
    expect(pipeline.send(buy).row!.itemKnown).toBe(false)
    expect(pipeline.itemFeatures('tea')).toBeNull()
  })
})

describe('rejections', () => {
  test.each<[string, object, string, RegExp]>([
    ['a behaviour that is not known', { behaviour: 'stare' }, 'unknown-behaviour', /the pipeline knows/],
    ['a mistyped field', { value: 'three' }, 'invalid', /"value" must be a finite number/],
    ['a value that is not a number', { value: Number.NaN }, 'invalid', /"value" must be a finite number/],
    ['no user', { userId: undefined }, 'invalid', /"userId" is missing; it must be a text/],
    ['a time in words', { time: 'now' }, 'invalid', /"time" must be a whole number of milliseconds/],
    ['a value out of range', { value: -1 }, 'value-out-of-range', /outside the range/],
  ])('%s', (_, change, reason, message) => {
    const event = { ...buy, ...change } as SentEvent
    const pipeline = testPipeline(shop)
    const { row, rejection } = pipeline.send(event)
    expect(row).toBeNull()
    expect(rejection).toMatchObject({ topic: 'shop.behaviour-events', offset: 0, reason })
    expect(rejection!.message).toMatch(message)
    expect(rejection!.value).toMatchObject(change)
    expect(pipeline.rejections).toEqual([rejection])
    expect(pipeline.rows).toEqual([])
  })

  test('repeats and robots', () => {
    const pipeline = testPipeline(shop, { stepMs: 1_000 })
    const reasons = [
      ...[{ eventId: 'a' }, { eventId: 'a', itemId: 'pot' }].map(change => pipeline.send({ ...buy, ...change })),
      ...Array.from({ length: 6 }, (_, k) => pipeline.send({ ...buy, itemId: `i${k}` })),
    ].map(({ rejection }) => rejection?.reason ?? null)
    expect(reasons).toEqual([null, 'duplicate-id', null, null, null, null, 'bot-rate', 'bot-rate'])
  })

  test('profiles and items that are wrong, before any event comes after them', () => {
    const features = {
      user: ({ attributes }: { attributes: Readonly<Record<string, string>> }) => [attributes['age']!.trim()],
    }
    const pipeline = testPipeline({ ...shop, features })
    expect(pipeline.profile({ userId: 'ada' }).rejection?.topic).toBe('shop.user-profiles')
    pipeline.item({ itemId: 'tea', tags: 'warm' as unknown as string[] })
    const reasons = () => pipeline.rejections.map(({ topic, key, value }) => [topic, key, value])
    const expected = [
      ['shop.user-profiles', 'ada', { userId: 'ada' }],
      ['shop.items', 'tea', { itemId: 'tea', tags: 'warm' }],
    ]
    expect(reasons()).toEqual(expected)
    pipeline.send(buy)
    expect(reasons()).toEqual(expected)
  })

  test('records as they are: bytes, texts, Avro, other JSON, no key', () => {
    const pipeline = testPipeline(shop)
    const event = { ...buy, eventId: 'e', time: 1e12, value: null, properties: {}, recommendationId: null }
    const sent = [
      pipeline.sendRecord({ key: 'ada', value: encodeEvent(event, 'avro'), timestamp: 1e12 }),
      pipeline.sendRecord({ key: 'ada', value: Buffer.from([1, 2, 3]) }),
      pipeline.sendRecord({ key: 'ada', value: '{broken' }),
      pipeline.sendRecord({ key: 'ada', value: { who: 'ada', what: 'tea' }, headers: { from: 'web' } }),
      pipeline.sendRecord({ value: event }),
    ]
    expect(sent.map(({ row, rejection }) => row?.eventId ?? rejection?.reason)).toEqual([
      ...['e', 'undecodable', 'undecodable', 'invalid', 'empty-key'],
    ])
    expect(() => pipeline.sendRecord({ topic: 'events' as 'items', value: null })).toThrow(
      'There is no input topic "events"; send to one of behaviour-events, user-profiles, items.',
    )
  })
})

test('a sequence is the event and the window that stood before it', () => {
  const pipeline = testPipeline(shop, { startsAt: 1e12, stepMs: 1_000, settings: { 'window.shortLength': 2 } })
  pipeline.sendAll(['tea', 'pot', 'cup', 'jam'].map(itemId => ({ ...buy, itemId, behaviour: 'cart' })))
  expect(
    pipeline.sequences.map(({ itemId, count, window }) => [itemId, count, window.map(each => each.itemId)]),
  ).toEqual([
    ['tea', 1, []],
    ['pot', 2, ['tea']],
    ['cup', 3, ['tea', 'pot']],
    ['jam', 4, ['pot', 'cup']],
  ])
  expect(pipeline.sequences[1]).toMatchObject({ userId: 'ada', behaviour: 'cart', reward: 0.5, liked: false })
  expect(pipeline.sequences[1]!.window).toEqual([{ itemId: 'tea', time: 1e12, reward: 0.5 }])
})

/** Everything that comes out. */
async function everything(pipeline: TestPipeline) {
  const { rows, rejections, sequences } = pipeline
  return { rows, rejections, sequences, lists: await pipeline.lists(), scores: await pipeline.scores() }
}

describe('lists', () => {
  const crowd = Array.from({ length: 90 }, (_, k) => ({
    userId: `u${k % 7}`,
    itemId: `i${(3 * k + Math.floor(k / 7)) % 23}`,
    behaviour: Object.keys(worth)[k % 3]!,
  }))

  test('come from the learner, of items that others had, and a user without one has null', async () => {
    using pipeline = testPipeline(shop)
    pipeline.sendAll(crowd)
    const list = await pipeline.listFor('u3')
    expect(list!.items.length).toBeGreaterThan(5)
    expect(list).toEqual((await pipeline.lists()).findLast(({ userId }) => userId === 'u3'))
    expect(list!.sequence).toBe(pipeline.rows.findLast(({ userId }) => userId === 'u3')!.sequence)
    expect(await pipeline.listFor('nobody')).toBeNull()
    expect((await pipeline.scores()).map(({ policy }) => policy)).toContain('popularity')
  })

  test('the same records give the same, sent one by one, at once, or looked at in between', async () => {
    const once = testPipeline(shop)
    once.sendAll(crowd)
    const expected = await everything(once)
    once.dispose()
    const event = fc.integer({ min: 1, max: 40 })
    await fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 1, maxLength: 6 }), fc.boolean(), async (cuts, look) => {
        using pipeline = testPipeline(shop)
        for (let from = 0, k = 0; from < crowd.length; k++) {
          const to = from + cuts[k % cuts.length]!
          pipeline.sendAll(crowd.slice(from, to))
          if (look) await everything(pipeline)
          from = to
        }
        expect(await everything(pipeline)).toEqual(expected)
      }),
      { numRuns: 4, seed: 3 },
    )
  })

  test('another seed gives others', async () => {
    const itemsWith = async (seed: number) => {
      using pipeline = testPipeline(shop, { seed, settings: { 'recommend.epsilon': 0.5 } })
      pipeline.sendAll(crowd)
      return (await pipeline.lists()).map(({ items }) => items.map(({ itemId }) => itemId))
    }
    expect(await itemsWith(2)).not.toEqual(await itemsWith(3))
    expect(await itemsWith(2)).toEqual(await itemsWith(2))
  })

  test('after it was disposed of there are none, and it says so', async () => {
    const pipeline = testPipeline(shop)
    pipeline.dispose()
    await expect(pipeline.lists()).rejects.toThrow('This test pipeline was disposed of')
  })
})

test('a definition or a setting that is not allowed is said at once', () => {
  expect(() => testPipeline(undefined as never)).toThrow('testPipeline takes what definePipeline returns')
  expect(() => testPipeline({ ...shop, behaviours: [] })).toThrow(
    'such as the default export of your module. The behaviours of shop must be at least one event type',
  )
  expect(() => testPipeline(shop, { settings: { 'recommend.every': 0 } })).toThrow('There is no setting')
})
