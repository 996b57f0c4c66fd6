import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { decodeBlock } from '../../src/codec/block.ts'
import { encodeEvent, encodeItem, encodeProfile } from '../../src/codec/input.ts'
import { encodeCommand } from '../../src/codec/output.ts'
import { Ingest } from '../../src/ingest/ingest.ts'
import { openEmbeddedLog } from '../../src/log/embedded/embedded-log.ts'
import type { Log, LogRecord } from '../../src/log/log.ts'
import { definePipeline } from '../../src/pipeline/define-pipeline.ts'
import { datedHeader } from '../../src/records/beginning.ts'
import { mergesReadHeader } from '../../src/records/command.ts'
import type { Change } from '../../src/records/interest-block.ts'
import { topicSpecs, topicsOf } from '../../src/records/topics.ts'
import type { EnrichedEvent } from '../../src/records/warehouse.ts'
import { layoutOf } from '../../src/run/layout.ts'
import { openWarehouse } from '../../src/warehouse/duckdb-warehouse.ts'
import { allOf } from '../log/fixtures/read.ts'

const start = Date.UTC(2024, 0, 1)
const roomFor = (maxUsers: number) =>
  definePipeline({
    name: 'shop',
    behaviours: { view: { again: 'always' }, buy: { again: 'never' }, rent: { again: 20 } },
    reward: () => 1,
    scale: { kind: 'watch', positiveFrom: 0.5 },
    learn: { maxUsers },
  })
const topics = topicsOf('shop')
let folder: string
let log: Log

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'recstream-changes-'))
  log = await openEmbeddedLog({ folder: join(folder, 'log') })
  await log.ensureTopics(topicSpecs('shop', 1))
})
afterEach(async () => {
  await log.close()
  rmSync(folder, { recursive: true, force: true })
})

interface Sent {
  at: number
  item?: string
  user?: string
  attributes?: Record<string, string> | null
  behaviour?: string
}

/** Send items, profiles (null: deleted) and views. */
async function send(sent: readonly Sent[]): Promise<void> {
  const producer = await log.producer('outside')
  const at = ({ at }: Sent, key: string, value: Buffer | null) => ({ key, value, timestamp: start + at })
  const isView = ({ attributes }: Sent) => attributes === undefined
  const items = sent.filter(each => !isView(each) && each.item !== undefined)
  const users = sent.filter(each => !isView(each) && each.item === undefined)
  await producer.append(
    topics.items,
    items.map(each => {
      const { item: itemId = '', attributes = null } = each
      return at(each, itemId, attributes && encodeItem({ itemId, title: itemId, attributes, tags: ['t'] }))
    }),
  )
  await producer.append(
    topics.userProfiles,
    users.map(each => {
      const { user: userId = '', attributes = null } = each
      return at(each, userId, attributes && encodeProfile({ userId, attributes }))
    }),
  )
  await producer.append(
    topics.behaviourEvents,
    sent.filter(isView).map(each => {
      const { at: ms, user: userId = '', item: itemId = '', behaviour = 'view' } = each
      const event = { eventId: `e${ms}`, userId, itemId, behaviour, time: start + ms }
      return at(each, userId, encodeEvent({ ...event, value: null, properties: {}, recommendationId: null }))
    }),
  )
  await producer.close()
}

async function ingestAll(on: Log = log, name = 'data', { maxUsers = 1_000, batchSize = 2 } = {}): Promise<void> {
  const { warehouse: file, snapshots, archive } = layoutOf(join(folder, name), 'shop')
  const warehouse = await openWarehouse({ file, snapshots, archive })
  try {
    const ingest = await Ingest.open({ definition: roomFor(maxUsers), log: on, warehouse, clock: () => 0, batchSize })
    try {
      while ((await ingest.step(10)) || !(await ingest.drained()));
    } finally {
      await ingest.close()
    }
  } finally {
    await warehouse.close()
  }
}

async function rowsOf(name: string): Promise<EnrichedEvent[]> {
  const { warehouse: file, snapshots, archive } = layoutOf(join(folder, name), 'shop')
  const warehouse = await openWarehouse({ file, snapshots, archive })
  try {
    return await warehouse.events(0, 1_000)
  } finally {
    await warehouse.close()
  }
}

/** A log that takes no more than so many appends of sequences. */
function failingAfter(appends: number): Log {
  let left = appends
  return {
    ...log,
    producer: async id => {
      const producer = await log.producer(id)
      return {
        close: () => producer.close(),
        append: async (topic, records) => {
          if (topic === topics.interestSequences && left-- <= 0) throw new Error('the log is gone')
          await producer.append(topic, records)
        },
      }
    },
  }
}

const onTopic = (): Promise<LogRecord[]> => allOf(log, topics.interestSequences)

/** Changes on the topic, each with the row that it comes before, and what users stand with. */
async function told(): Promise<{
  changes: [row: number, change: Change][]
  attributes: [row: number, text: string][]
}> {
  const changes: [number, Change][] = []
  const attributes: [number, string][] = []
  let row = 1
  for (const { value } of await onTopic()) {
    const block = decodeBlock(value!)
    for (const change of block.changes) changes.push([row + change.before, { ...change, before: 0 }])
    for (const [k, user] of block.user.entries()) attributes.push([block.sequence[k]!, block.users[user]!.attributes])
    row += block.sequence.length
  }
  return { changes, attributes: attributes.filter(([, text]) => text !== '') }
}

const shop: Sent[] = [
  { at: 0, item: 'tea', attributes: { price: '3' } },
  { at: 1, user: 'ann', attributes: { country: 'de' } },
  { at: 2, user: 'ann', item: 'tea' },
  { at: 3, item: 'rum', attributes: { price: '9' } },
  { at: 4, item: 'tea', attributes: { price: '4' } },
  { at: 5, user: 'ann', item: 'tea' },
  { at: 6, user: 'bob', attributes: { country: 'fr' } },
  { at: 7, user: 'ann', attributes: { country: 'at' } },
  { at: 8, user: 'bob', item: 'rum' },
  { at: 9, item: 'rum', attributes: null },
  { at: 10, user: 'ann', attributes: null },
  { at: 11, user: 'cy', item: 'rum' },
  { at: 12, user: 'bob', item: 'tea' },
  { at: 13, item: 'gin', attributes: { price: '8' } },
]
const item = { kind: 'item', tags: ['t'], deleted: false, partition: 0, before: 0 }
const user = { kind: 'user', deleted: false, partition: 0, before: 0 }

test('what becomes known comes before the first event that is not older; what is newer than all waits', async () => {
  await send([{ at: -1, user: 'ann', item: 'tea' }])
  await ingestAll()
  await send(shop)
  await ingestAll()
  const { changes, attributes } = await told()
  const rum = { id: 'rum', title: 'rum', features: '["price=9","tag=t"]', attributes: '{"price":"9"}' }
  const gone = { deleted: true, features: '[]', attributes: '{}' }
  expect(changes).toEqual([
    [2, { ...user, number: 1, id: 'ann', features: '["country=de"]', attributes: '{"country":"de"}', offset: 0 }],
    [
      2,
      {
        ...item,
        number: 2,
        id: 'tea',
        title: 'tea',
        features: '["price=3","tag=t"]',
        attributes: '{"price":"3"}',
        offset: 0,
      },
    ],
    [3, { ...item, number: 3, ...rum, offset: 1 }],
    [
      3,
      {
        ...item,
        number: 4,
        id: 'tea',
        title: 'tea',
        features: '["price=4","tag=t"]',
        attributes: '{"price":"4"}',
        offset: 2,
      },
    ],
    [4, { ...user, number: 5, id: 'bob', features: '["country=fr"]', attributes: '{"country":"fr"}', offset: 1 }],
    [4, { ...user, number: 6, id: 'ann', features: '["country=at"]', attributes: '{"country":"at"}', offset: 2 }],
    [5, { ...user, ...gone, number: 7, id: 'ann', offset: 3 }],
    [5, { ...item, ...gone, number: 8, id: 'rum', title: null, tags: [], offset: 3 }],
  ])
  expect(attributes).toEqual([[4, '{"country":"fr"}']])
})

test('what was not published before a crash is told by the next process, as the first would have', async () => {
  await send([{ at: -1, user: 'ann', item: 'tea' }])
  await ingestAll()
  await send(shop)
  await expect(ingestAll(failingAfter(0))).rejects.toThrow('the log is gone')
  await ingestAll()
  const { changes, attributes } = await told()
  expect(changes.map(([row, { number, id }]) => [row, number, id])).toEqual([
    [2, 1, 'ann'],
    [2, 2, 'tea'],
    [3, 3, 'rum'],
    [3, 4, 'tea'],
    [4, 5, 'bob'],
    [4, 6, 'ann'],
    [5, 7, 'ann'],
    [5, 8, 'rum'],
  ])
  expect(attributes).toEqual([[4, '{"country":"fr"}']])
})

test('a warehouse that is built again tells nothing twice, and goes on where the topic ends', async () => {
  await send([{ at: -1, user: 'ann', item: 'tea' }])
  await ingestAll()
  await send(shop)
  await ingestAll()
  const before = await onTopic()
  await ingestAll(log, 'again')
  expect(await onTopic()).toEqual(before)
  await send([{ at: 14, user: 'bob', item: 'gin' }])
  await ingestAll(log, 'once more')
  const { changes } = await told()
  expect(changes.slice(8).map(([row, { number, id }]) => [row, number, id])).toEqual([[7, 9, 'gin']])
})

test('a flood of items before the first event comes in blocks of less than a megabyte', async () => {
  const attributes = { description: 'x'.repeat(500) }
  await send(Array.from({ length: 2_000 }, (_, k) => ({ at: k, item: `i${k}`, attributes })))
  await send([{ at: 2_001, user: 'ann', item: 'i7' }])
  await ingestAll()
  const records = await onTopic()
  expect(records.length).toBeGreaterThan(3)
  for (const { value } of records) expect(value!.length).toBeLessThan(1_000_000)
  const { changes } = await told()
  expect(changes.map(([row, { number }]) => [row, number])).toEqual(Array.from({ length: 2_000 }, (_, k) => [1, k + 1]))
})

test('what stood on the topics at the first event is known from the beginning, also when all is built again', async () => {
  const attributes = { country: 'de' }
  await send([
    { at: 9_000_000, item: 'tea', attributes },
    { at: 9_000_000, user: 'ann', attributes },
    { at: 1, user: 'ann', item: 'tea' },
    { at: 2, user: 'ann', item: 'rum' },
  ])
  await ingestAll()
  await send([
    { at: 9_000_001, item: 'rum', attributes },
    { at: 3, user: 'ann', item: 'rum' },
    { at: 9_000_002, user: 'ann', item: 'rum' },
  ])
  await ingestAll()
  const known = [true, false, false, true]
  const rows = async (name: string) => (await rowsOf(name)).map(row => [row.userKnown, row.itemKnown])
  expect(await rows('data')).toEqual(known.map(item => [true, item]))
  await ingestAll(log, 'again')
  expect(await rows('again')).toEqual(known.map(item => [true, item]))
  const { changes } = await told()
  expect(changes.map(([row, { number, id }]) => [row, number, id])).toEqual([
    [1, 1, 'ann'],
    [1, 2, 'tea'],
    [4, 3, 'rum'],
  ])
})

test('what is dated within history, or whose date is meant, is known from then on', async () => {
  const attributes = { country: 'de' }
  const producer = await log.producer('source')
  const value = encodeItem({ itemId: 'gin', title: null, attributes, tags: [] })
  const headers = { [datedHeader]: '1' }
  await producer.append(topics.items, [{ key: 'gin', value, timestamp: start + 50, headers }])
  await producer.close()
  await send([{ at: 20, user: 'ann', attributes }, ...[10, 30, 40].map(at => ({ at, user: 'ann', item: 'gin' }))])
  await ingestAll()
  await send([{ at: 60, user: 'ann', item: 'gin' }])
  await ingestAll()
  const known = (await rowsOf('data')).map(row => [row.userKnown, row.itemKnown])
  expect(known).toEqual([
    [false, false],
    [true, false],
    [true, false],
    [true, true],
  ])
})

describe('a user whom the learner has forgotten', () => {
  const coming: Sent[] = [
    { at: 1, user: 'ann', attributes: { country: 'de' } },
    { at: 2, user: 'ann', item: 'tea', behaviour: 'buy' },
    { at: 3, user: 'ann', item: 'rum' },
    { at: 4, user: 'ann', item: 'gin', behaviour: 'rent' },
    { at: 5, user: 'bob', item: 'tea', behaviour: 'buy' },
    { at: 6, user: 'ann', item: 'nut', behaviour: 'buy' },
    { at: 7, user: 'cy', item: 'tea' },
    { at: 8, user: 'dan', item: 'tea' },
    { at: 9, user: 'ann', item: 'oil', behaviour: 'buy' },
    { at: 30, user: 'bob', item: 'ale' },
    { at: 31, user: 'cy', item: 'tea' },
    { at: 32, user: 'ann', item: 'tea' },
  ]
  const never = Number.POSITIVE_INFINITY
  const annAt9 = [
    ['gin', start + 24],
    ['nut', never],
    ['tea', never],
  ]
  const annAt32 = [
    ['nut', never],
    ['oil', never],
    ['tea', never],
  ]
  /** Cy, who comes back in row 10, has bought nothing. */
  const expected = [
    [8, 'ann', annAt9],
    [9, 'bob', [['tea', never]]],
    [11, 'ann', annAt32],
  ]
  const broughtBack = async () =>
    (await told()).changes.flatMap(([row, change]) =>
      change.kind === 'excluded' ? [[row, change.id, change.items.map((item, k) => [item, change.until[k]])]] : [],
    )

  test.each([1, 3, 100])('brings back what they may not be shown, in batches of %i', async batchSize => {
    await send(coming)
    await ingestAll(log, 'data', { maxUsers: 2, batchSize })
    expect(await broughtBack()).toEqual(expected)
    expect((await told()).attributes.map(([row]) => row)).toEqual([1, 8, 11])
  })

  test('and so after restarts, and after a crash', async () => {
    const small = { maxUsers: 2, batchSize: 100 }
    await send(coming.slice(0, 7))
    await ingestAll(log, 'data', small)
    await send(coming.slice(7, 9))
    await expect(ingestAll(failingAfter(0), 'data', small)).rejects.toThrow('the log is gone')
    await ingestAll(log, 'data', small)
    await send(coming.slice(9))
    await ingestAll(log, 'again', small)
    expect(await broughtBack()).toEqual(expected)
  })

  test('nobody is forgotten where there is room; where it changes, everybody brings back once what they may not be shown', async () => {
    await send(coming.slice(0, 9))
    await ingestAll(log, 'data', { maxUsers: 10, batchSize: 100 })
    expect(await broughtBack()).toEqual([])
    await send([...coming.slice(9), { at: 33, user: 'bob', item: 'ale' }])
    await ingestAll(log, 'data', { maxUsers: 20, batchSize: 100 })
    expect(await broughtBack()).toEqual(expected.slice(1))
  })

  describe('that are one with others', () => {
    const before: Sent[] = [
      { at: 1, user: 'cookie', item: 'tea', behaviour: 'buy' },
      { at: 2, user: 'ann', item: 'nut', behaviour: 'buy' },
      { at: 3, user: 'bob', item: 'ale' },
      { at: 4, user: 'cy', item: 'ale' },
      { at: 5, user: 'cookie', item: 'oil', behaviour: 'buy' },
    ]
    const after: Sent[] = [
      { at: 6, user: 'cookie', item: 'ale' },
      { at: 7, user: 'cookie', item: 'gin' },
      { at: 8, user: 'ann', item: 'gin' },
      { at: 9, user: 'ann', item: 'rum', behaviour: 'buy' },
      { at: 10, user: 'bob', item: 'ale' },
      { at: 11, user: 'cy', item: 'ale' },
      { at: 12, user: 'new', item: 'ale' },
    ]
    const small = { maxUsers: 2, batchSize: 100 }
    const allOf = (...items: string[]) => items.map(item => [item, never])
    /** Both ids once, though the learner may know the first; `new` is nobody's first event. */
    const told = [
      [6, 'cookie', allOf('nut', 'oil', 'tea')],
      [8, 'ann', allOf('nut', 'oil', 'tea')],
      [12, 'new', allOf('nut', 'oil', 'rum', 'tea')],
    ]
    const cookieBefore = [5, 'cookie', allOf('tea')]
    async function merge(fromUser: string, toUser: string): Promise<void> {
      const producer = await log.producer('command line')
      const command = {
        ...{ commandId: `${fromUser} ${toUser}`, kind: 'merge' as const, fromUser, toUser },
        shares: {},
      }
      const value = encodeCommand({ ...command, arm: null, time: 0, reason: '', appliedAt: null }, 'avro')
      await producer.append(topics.commands, [{ key: null, timestamp: 0, value }])
      await producer.close()
    }
    const comeBefore = async () => {
      await send(before)
      await ingestAll(log, 'data', small)
    }

    test('bring back what any of them may not be shown; the learner follows from a block on that says so', async () => {
      await comeBefore()
      await merge('cookie', 'ann')
      await merge('new', 'cookie')
      await send(after)
      await ingestAll(log, 'data', small)
      expect(await broughtBack()).toEqual([cookieBefore, ...told])
      expect((await onTopic()).map(({ headers }) => headers[mergesReadHeader]?.toString())).toEqual(['0', '2'])
    })

    test('and so after restarts, a crash and with the warehouse built again', async () => {
      await comeBefore()
      await merge('cookie', 'ann')
      await merge('new', 'cookie')
      await ingestAll(log, 'data', small)
      await send(after.slice(0, 1))
      await expect(ingestAll(failingAfter(0), 'data', small)).rejects.toThrow('the log is gone')
      await ingestAll(log, 'data', small)
      await send(after.slice(1, 4))
      await ingestAll(log, 'data', small)
      await send(after.slice(4))
      await ingestAll(log, 'again', small)
      expect(await broughtBack()).toEqual([cookieBefore, ...told])
    })
  })
})
