import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import movielens from '../../pipelines/movielens/index.ts'
import type { BehaviourEvent } from '../../src/records/definition.ts'
import { all, folders } from './rows.ts'

const made = folders()
const folderOf = (files: Record<string, string | Buffer>) =>
  made(
    Object.fromEntries(
      Object.entries(files).map(([name, content]) => [
        name,
        typeof content === 'string' ? Buffer.from(content, 'latin1') : content,
      ]),
    ),
  )
const { read } = movielens.source!

// Made up, in the form of MovieLens 100K: no row of it is MovieLens's.
const small100k = {
  'u.data': '7\t1\t5\t900000500\n8\t2\t1\t900000100\n7\t2\t3\t900000100\n',
  'u.user': '7|17|F|student|00000\n8|56|M|writer|11111\n',
  'u.item':
    `1|Café au Lait (1993)|01-Jan-1994||http://example.org|${flags(6, 15)}\n` +
    `2|Nothing Known|||http://example.org|${flags(1)}\n` +
    `3|Old One, The (1951) (V)|01-Jan-1997||http://example.org|${flags()}\n`,
}

function flags(...set: number[]): string {
  return Array.from({ length: 19 }, (_, i) => (set.includes(i) ? 1 : 0)).join('|')
}

test('gives events in the order of time, then line, with ids by line', async () => {
  expect(await all(read(folderOf(small100k)).events())).toEqual<BehaviourEvent[]>([
    rate('ml-100k:2', '8', '2', 900_000_100_000, 1),
    rate('ml-100k:3', '7', '2', 900_000_100_000, 3),
    rate('ml-100k:1', '7', '1', 900_000_500_000, 5),
  ])
})

function rate(eventId: string, userId: string, itemId: string, time: number, value: number): BehaviourEvent {
  return { eventId, userId, itemId, behaviour: 'rate', time, value, properties: {}, recommendationId: null }
}

test('gives age bands, gender, occupation; title, year, decade, genres', async () => {
  const reader = read(folderOf(small100k))
  expect(await all(reader.profiles())).toEqual([
    { userId: '7', attributes: { age: 'under-18', gender: 'F', occupation: 'student' } },
    { userId: '8', attributes: { age: '56+', gender: 'M', occupation: 'writer' } },
  ])
  expect(await all(reader.items())).toEqual([
    {
      itemId: '1',
      title: 'Café au Lait (1993)',
      attributes: { year: '1993', decade: '1990s' },
      tags: ['Crime', 'Sci-Fi'],
    },
    { itemId: '2', title: 'Nothing Known', attributes: {}, tags: ['Action'] },
    { itemId: '3', title: 'Old One, The (1951) (V)', attributes: { year: '1951', decade: '1950s' }, tags: [] },
  ])
  expect(reader.name).toBe('ml-100k')
  expect(await reader.eventCount?.()).toBe(3)
})

test('reads the form of MovieLens 1M, gzipped and with foreign line ends', async () => {
  const reader = read(
    folderOf({
      'ratings.dat.gz': gzipSync('3::9::4::960000000\r\n2::9::2::950000000\r\n'),
      'users.dat': '2::M::25::20::00000\n3::F::1::10::00000\n',
      'movies.dat': "9::Été (2000)::Comedy|Children's\n",
    }),
  )
  expect(await all(reader.events())).toEqual([
    rate('ml-1m:2', '2', '9', 950_000_000_000, 2),
    rate('ml-1m:1', '3', '9', 960_000_000_000, 4),
  ])
  expect(await all(reader.profiles())).toEqual([
    { userId: '2', attributes: { age: '25-34', gender: 'M', occupation: 'writer' } },
    { userId: '3', attributes: { age: 'under-18', gender: 'F', occupation: 'K-12 student' } },
  ])
  expect(await all(reader.items())).toEqual([
    { itemId: '9', title: 'Été (2000)', attributes: { year: '2000', decade: '2000s' }, tags: ['Comedy', "Children's"] },
  ])
})

test('says where to get the data when there is none', () => {
  for (const folder of ['', folderOf({})]) {
    expect(() => read(folder)).toThrowError(
      expect.objectContaining({
        code: 'SOURCE_MISSING',
        message: expect.stringMatching(/grouplens\.org\/datasets\/movielens\/100k.*--source/),
      }),
    )
  }
  expect(() => read(folderOf({ 'u.data': '' }))).toThrowError(/There is no u\.user in .*unpack the whole of ml-100k/)
})

test.each([
  ['u.data', '7\t1\t5\t900000500\n7\t\t5\t900000500\n', 'Line 2 of u.data'],
  ['u.data', '7\t1\tgood\t900000500\n', 'Line 1 of u.data'],
  ['u.data', '7 1 5 900000500\n', 'Line 1 of u.data'],
])('refuses a damaged %s by its line', async (name, content, message) => {
  const reader = read(folderOf({ ...small100k, [name]: content }))
  await expect(all(reader.events())).rejects.toMatchObject({
    code: 'SOURCE_INVALID',
    message: expect.stringContaining(message),
  })
})

test('refuses a gzip file that ends too early', async () => {
  const whole = gzipSync('3::9::4::960000000\n'.repeat(1000))
  const folder = folderOf({ 'ratings.dat.gz': whole.subarray(0, 40), 'users.dat': '', 'movies.dat': '' })
  await expect(all(read(folder).events())).rejects.toMatchObject({ code: 'SOURCE_INVALID' })
})

test('the reward is (rating − 1) / 4', () => {
  expect([1, 2, 3, 4, 5].map(value => movielens.reward(rate('a', 'u', 'i', 0, value)))).toEqual([0, 0.25, 0.5, 0.75, 1])
})

const real = join(import.meta.dirname, '../../../shared/data/ml-100k')

describe.skipIf(!existsSync(real))('over ml-100k itself (skipped without ../shared/data/ml-100k)', () => {
  test('reads all of it, in order, and finds nobody faster than the bot limit', async () => {
    const reader = read(real)
    const events = await all(reader.events())
    expect(events.length).toBe(100_000)
    expect((await all(reader.profiles())).length).toBe(943)
    expect((await all(reader.items())).length).toBe(1682)
    expect(new Set(events.map(event => event.eventId)).size).toBe(100_000)

    const { botLimit, botWindowMs } = movielens.clean
    const recent = new Map<string, number[]>()
    let fastest = 0
    let last = movielens.epoch
    let inOrder = true
    for (const { userId, time } of events) {
      inOrder &&= time >= last
      last = time
      const times = (recent.get(userId) ?? []).filter(each => each > time - botWindowMs)
      times.push(time)
      recent.set(userId, times)
      fastest = Math.max(fastest, times.length)
    }
    expect(inOrder).toBe(true)
    expect(fastest).toBe(30)
    expect(fastest).toBeLessThan(botLimit)
  })
})
