import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { decodeBlock } from '../../src/codec/block.ts'
import { encodeEvent } from '../../src/codec/input.ts'
import { owns } from '../../src/records/part.ts'
import { allOf } from '../log/fixtures/read.ts'
import { openShop, type Shop, start, topics } from './order/shop.ts'

const parts = [0, 1].map(part => ({ part, of: 2 }))
type Tables = Awaited<ReturnType<Shop['run']>>

let shop: Shop
let whole: Tables
let each: Tables[]
beforeAll(async () => {
  const twin = await openShop(4)
  await twin.produce(0, 600)
  whole = await twin.run('whole', { on: twin.log })
  await twin.close()
  shop = await openShop(4, undefined, 2)
  await shop.produce(0, 600)
  each = await Promise.all(parts.map(part => shop.run(`part ${part.part}`, { on: shop.arriving(3), part })))
})
afterAll(() => shop.close())

const placeOf = ({ topic, partition, offset }: { topic: string; partition: number; offset: number }) =>
  `${topic}/${partition}@${offset}`

test('every record comes to a row or a dead letter, once, in the part that owns its partition', () => {
  const places = each.map(({ events, deadLetters }) => [
    ...events.map(row => placeOf({ ...row, topic: topics.behaviourEvents })),
    ...deadLetters.map(placeOf),
  ])
  const expected = [
    ...whole.events.map(row => placeOf({ ...row, topic: topics.behaviourEvents })),
    ...whole.deadLetters.map(placeOf),
  ]
  expect(places.flat().sort()).toEqual(expected.sort())
  for (const [k, part] of parts.entries()) {
    expect(each[k]!.events.length).toBeGreaterThan(60)
    const partitions = [...each[k]!.events, ...each[k]!.deadLetters].map(({ partition }) => partition)
    expect(partitions.filter(partition => !owns(part, partition))).toEqual([])
  }
})

test('rows of each part are numbered from 1, without holes', () => {
  for (const { events } of each) expect(events.map(row => row.sequence)).toEqual(events.map((_, k) => k + 1))
})

test('events are joined with profiles and items whosever partition these stand on', async () => {
  const profiles = (await allOf(shop.log, topics.userProfiles)).filter(({ value }) => value!.toString() !== '{')
  const written = new Map((await allOf(shop.log, topics.behaviourEvents)).map(each => [placeOf(each), each.timestamp]))
  for (const { events } of each) {
    let until = 0
    for (const row of events) {
      until = Math.max(until, written.get(placeOf({ ...row, topic: topics.behaviourEvents }))!)
      const known = profiles.filter(({ key, timestamp }) => key!.toString() === row.userId && timestamp <= until)
      const newest = known.reduce((at, { timestamp }) => Math.max(at, timestamp), 0)
      expect(row.userFeatures).toBe(newest === 0 ? '[]' : `["seen=${(newest - start) / 100}"]`)
      expect(row.itemKnown || until - start < 50_000).toBe(true)
    }
  }
  expect(each[1]!.items).toEqual(each[0]!.items)
})

test('the learner is told of each profile and item by one part alone, on its own partition', async () => {
  const blocks = (await allOf(shop.log, topics.interestSequences)).map(({ partition, value }) => ({
    partition,
    block: decodeBlock(value!),
  }))
  const told = blocks.flatMap(({ partition, block }) =>
    block.changes.flatMap(change => (change.kind === 'excluded' ? [] : [{ by: partition, change }])),
  )
  for (const { by, change } of told) expect(owns(parts[by]!, change.partition)).toBe(true)
  const places = told.map(({ change }) => `${change.kind} ${change.partition}@${change.offset}`)
  expect(new Set(places).size).toBe(places.length)
  expect(told.filter(({ by, change }) => by === 1 && change.kind === 'item')).toEqual([])
  expect(told.filter(({ by, change }) => by === 1 && change.kind === 'user').length).toBeGreaterThan(0)
  for (const [k, { events }] of each.entries()) {
    const rows = blocks.filter(({ partition }) => partition === k).flatMap(({ block }) => block.sequence)
    expect(rows).toEqual(events.map(({ sequence }) => sequence))
  }
})

test('a part whose tables were removed is built again from its own partitions, the other goes on untouched', async () => {
  const before = await shop.published()
  rmSync(join(shop.folder, 'part 1'), { recursive: true })
  const said: string[] = []
  expect(await shop.run('part 1', { on: shop.arriving(5), part: parts[1]!, batchSize: 23, said })).toEqual(each[1])
  expect(said).toEqual([
    expect.stringMatching(/ends at row 0 and interest-sequences at \d+/),
    expect.stringMatching(/holds again/),
  ])
  expect(await shop.run('part 0', { on: shop.arriving(6), part: parts[0]! })).toEqual(each[0])
  expect(await shop.published()).toEqual(before)
})

test('a partition that is added is read by the part that owns it', async () => {
  const event = { userId: 'late', itemId: 'i1', behaviour: 'view', time: start + 60_000, value: 0.5, properties: {} }
  const producer = await shop.log.producer('outside')
  await shop.log.ensureTopics([{ name: topics.behaviourEvents, partitions: 4 }])
  const place = { partition: 3, timestamp: start + 60_000, key: 'late' }
  const value = encodeEvent({ ...event, eventId: 'late', recommendationId: null })
  await producer.append(topics.behaviourEvents, [{ ...place, value }])
  await producer.close()
  const [first, second] = [
    await shop.run('part 0', { on: shop.log, part: parts[0]! }),
    await shop.run('part 1', { on: shop.log, part: parts[1]! }),
  ]
  expect(first.events.filter(({ userId }) => userId === 'late')).toEqual([])
  expect(second.events.filter(({ userId }) => userId === 'late')).toHaveLength(1)
})
