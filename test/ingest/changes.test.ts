import { expect, test } from 'vitest'
import { decodeBlock, encodeBlock } from '../../src/codec/block.ts'
import { encodeItem } from '../../src/codec/input.ts'
import { encodeCommand } from '../../src/codec/output.ts'
import { datedHeader } from '../../src/records/beginning.ts'
import { emptyBlock } from '../../src/records/block-parts.ts'
import { mergesReadHeader } from '../../src/records/command.ts'

import {
  failingAfter,
  ingestAll,
  log,
  onTopic,
  rowsOf,
  type Sent,
  send,
  start,
  told,
  topics,
  withShopLog,
} from './shop-log.ts'

withShopLog()

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

test('the traces of events are told with them, also by the next process, and by one that builds all again', async () => {
  const trace = (of: string) => `00-${of.repeat(32)}-00f067aa0ba902b7-01`
  await send([{ at: 0, user: 'ann', item: 'tea', trace: trace('a') }])
  await ingestAll()
  await send([
    { at: 1, item: 'tea', attributes: { price: '3' } },
    { at: 2, user: 'ann', item: 'tea', trace: 'of mine' },
    { at: 3, user: 'bob', item: 'tea', trace: trace('b') },
    { at: 4, user: 'ann', item: 'tea' },
    { at: 5, user: 'ann', item: 'tea', trace: trace('c') },
  ])
  await expect(ingestAll(failingAfter(0))).rejects.toThrow('the log is gone')
  await ingestAll()
  const traces = async () => (await onTopic()).flatMap(({ value }) => decodeBlock(value!).traces)
  const told = (sequence: number, of: string) => ({ sequence, parent: trace(of), state: '' })
  expect(await traces()).toEqual([told(1, 'a'), told(3, 'b'), told(5, 'c')])
  await send([{ at: 6, user: 'bob', item: 'tea', trace: trace('d') }])
  await ingestAll(log, 'again')
  expect(await traces()).toEqual([told(1, 'a'), told(3, 'b'), told(5, 'c'), told(6, 'd')])
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

test('what earlier versions told of returning users is followed, and numbers go on behind it', async () => {
  await send(shop.slice(0, 6))
  await ingestAll()
  const newest = (await onTopic()).at(-1)!
  const last = newest.headers['recstream-last']!.toString()
  const change = Number(newest.headers['recstream-change']!.toString()) + 1
  const excluded = { kind: 'excluded' as const, id: 'ann', items: ['tea'], until: [Number.POSITIVE_INFINITY] }
  const value = encodeBlock({ ...emptyBlock(), changes: [{ ...excluded, before: 0, number: change }] })
  const headers = { ...newest.headers, 'recstream-first': `${Number(last) + 1}`, 'recstream-change': `${change}` }
  const producer = await log.producer('an earlier version')
  await producer.append(topics.interestSequences, [{ key: null, timestamp: start, value, headers }])
  await producer.close()
  await send(shop.slice(6))
  await ingestAll()
  await ingestAll(log, 'again')
  const { changes } = await told()
  expect(changes.map(([, { number }]) => number)).toEqual(changes.map((_, k) => k + 1))
  expect(changes.filter(([, { kind }]) => kind === 'excluded')).toEqual([
    [3, { ...excluded, number: change, before: 0 }],
  ])
  expect(changes.length).toBeGreaterThan(change)
  expect(await rowsOf('again')).toEqual(await rowsOf('data'))
})

test('blocks say how far commands had been read when they were made', async () => {
  await send([{ at: 1, user: 'ann', item: 'tea' }])
  await ingestAll()
  const command = { commandId: 'a', kind: 'merge' as const, fromUser: 'cookie', toUser: 'ann', shares: {}, arm: null }
  const value = encodeCommand({ ...command, time: 0, reason: '', appliedAt: null }, 'avro')
  const producer = await log.producer('command line')
  await producer.append(topics.commands, [{ key: null, timestamp: 0, value }])
  await producer.close()
  await send([{ at: 2, user: 'ann', item: 'rum' }])
  await ingestAll()
  expect((await onTopic()).map(({ headers }) => headers[mergesReadHeader]?.toString())).toEqual(['0', '1'])
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
