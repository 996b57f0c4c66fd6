import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { encodeItem } from '../../src/codec/input.ts'
import { createItemCollector } from '../../src/ingest/collect/collect.ts'
import { FeatureFeed } from '../../src/ingest/feature-feed.ts'
import { openEmbeddedLog } from '../../src/log/embedded/embedded-log.ts'
import { GrowingReader } from '../../src/log/growing-reader.ts'
import type { Log } from '../../src/log/log.ts'

let folder: string
let log: Log
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'recstream-feed-'))
  log = await openEmbeddedLog({ folder })
  await log.ensureTopics([{ name: 'items', partitions: 2, compacted: true }])
})
afterEach(async () => {
  await log.close()
  rmSync(folder, { recursive: true, force: true })
})

const item = (itemId: string, timestamp: number, partition = 0) => ({
  partition,
  timestamp,
  key: itemId,
  value: encodeItem({ itemId, title: null, attributes: {}, tags: [] }),
})
async function feedOf(limit: number, ...items: ReturnType<typeof item>[]) {
  const producer = await log.producer('p')
  await producer.append('items', items)
  await producer.close()
  const from = [0, 1].map(partition => ({ topic: 'items', partition, offset: 0 }))
  const reader = await GrowingReader.open(log, from, { maxRecords: 10 })
  const dates = { maxFutureMs: 100, undatedUpTo: 1 }
  return new FeatureFeed({ reader, collector: createItemCollector(), limit, dates })
}
const ids = (taken: ReturnType<FeatureFeed<unknown>['take']>) => taken.map(({ record }) => record.key!.toString())

test('gives what was written up to a time, in the order of each partition, and keeps the rest', async () => {
  const feed = await feedOf(100, item('a', 10), item('b', 20), item('c', 30), item('d', 15, 1))
  expect(await feed.readUpTo(20)).toBe(Number.POSITIVE_INFINITY)
  expect(ids(feed.take(20)).sort()).toEqual(['a', 'b', 'd'])
  expect(ids(feed.take(29))).toEqual([])
  expect(ids(feed.take(30))).toEqual(['c'])
  await feed.close()
})

test('promises nothing at its limit while a partition has not been heard of', async () => {
  const many = Array.from({ length: 40 }, (_, k) => item(`a${k}`, 10))
  const feed = await feedOf(20, ...many, item('z', 5, 1))
  expect(await feed.readUpTo(50)).toBe(Number.NEGATIVE_INFINITY)
  while ((await feed.readUpTo(50)) !== Number.POSITIVE_INFINITY) feed.take(50)
  expect(feed.waiting).toBeLessThanOrEqual(20)
  await feed.close()
})

test('its memory has a limit even where all that waits is dated ahead', async () => {
  const feed = await feedOf(20, ...Array.from({ length: 500 }, (_, k) => item(`a${k}`, 9_999)))
  expect(await feed.readUpTo(50)).toBe(Number.POSITIVE_INFINITY)
  expect(feed.waiting).toBeLessThanOrEqual(90)
  await feed.close()
})

test('records of several partitions are taken in order of time, so that a key that moved ends with its newest value', async () => {
  // First in partition 1, then, among more partitions, in 0; both wait when the event comes.
  const feed = await feedOf(100, item('a', 20), item('b', 5, 1), item('a', 10, 1), item('c', 15, 1))
  await feed.readUpTo(30)
  const taken = feed.take(30).map(({ record }) => `${record.key} ${record.timestamp}`)
  expect(taken).toEqual(['b 5', 'a 10', 'c 15', 'a 20'])
  await feed.close()
})

const letters = (taken: ReturnType<FeatureFeed<unknown>['take']>) =>
  taken.flatMap(entry => ('reason' in entry ? [`${entry.record.key} ${entry.reason}: ${entry.message}`] : []))

test('a record from the future is refused once one behind it is due, and holds up nothing', async () => {
  const feed = await feedOf(100, item('a', 10), item('b', 9_000), item('b', 9_500), item('c', 30), item('d', 40))
  expect(await feed.readUpTo(35)).toBe(Number.POSITIVE_INFINITY)
  const taken = feed.take(35)
  expect(ids(taken)).toEqual(['a', 'b', 'b', 'c'])
  expect(letters(taken)).toEqual([
    "b impossible-time: The record's timestamp is 1970-01-01T00:00:09.000Z, and one that was written after it is of 1970-01-01T00:00:00.030Z.",
    "b impossible-time: The record's timestamp is 1970-01-01T00:00:09.500Z, and one that was written after it is of 1970-01-01T00:00:00.030Z.",
  ])
  expect(ids(feed.take(40))).toEqual(['d'])
  await feed.close()
})

test('one that is a little ahead waits for its time', async () => {
  const ahead = await feedOf(100, item('a', 110), item('b', 30))
  await ahead.readUpTo(35)
  expect(ids(ahead.take(35))).toEqual([])
  expect(ids(ahead.take(110))).toEqual(['a', 'b'])
  await ahead.close()
})

test('an import of undated records behind a newer one says nothing of it', async () => {
  const feed = await feedOf(100, item('live', 9_000), item('imported', 1), item('imported too', 0))
  await feed.readUpTo(35)
  expect(ids(feed.take(35))).toEqual([])
  expect(ids(feed.take(9_000))).toEqual(['live', 'imported', 'imported too'])
  await feed.close()
})

test('a timestamp in microseconds is refused at once, and told as such', async () => {
  const feed = await feedOf(100, item('a', 1_700_000_000_000_000), item('b', 30))
  await feed.readUpTo(35)
  expect(letters(feed.take(35))).toEqual([expect.stringMatching(/^a impossible-time: .* looks like microseconds/)])
  await feed.close()
})
