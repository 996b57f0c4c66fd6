import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { EnrichedEvent, Warehouse } from '../../src/records/warehouse.ts'
import { runQuery } from '../../src/warehouse/sql/run-query.ts'
import { all, deadLetter, event, type Folder, item, noRows, temporaryFolder, user } from './fixtures.ts'

let folder: Folder
let warehouse: Warehouse

beforeEach(async () => {
  folder = temporaryFolder()
  warehouse = await folder.open()
})

afterEach(async () => {
  await warehouse.close()
  folder.remove()
})

const reopen = async () => {
  await warehouse.close()
  warehouse = await folder.open()
}

test('a batch comes back as it was written, also after a restart', async () => {
  const events = [
    event(1),
    event(2, { value: null, properties: '{"likes":1}', recommendationId: 'ddpg-la-1', late: true, userKnown: false }),
    event(3, { userId: 'Zoë 🦉', eventId: '', itemId: 'a'.repeat(100_000), time: 0, itemKnown: false, generation: 2 }),
  ]
  const deadLetters = [
    deadLetter(1),
    deadLetter(2, { key: null, value: null }),
    deadLetter(3, { value: Buffer.alloc(0) }),
  ]
  const positions = [
    { topic: 'shop.behaviour-events', partition: 0, offset: 3 },
    { topic: "o'brien.items", partition: 11, offset: 2 ** 53 - 1 },
  ]
  await warehouse.commit({ ...noRows, events, deadLetters, positions })
  for (const again of [async () => {}, reopen]) {
    await again()
    expect(await warehouse.events(0, 10)).toEqual(events)
    expect(await warehouse.events(1, 1)).toEqual([events[1]])
    expect(await warehouse.deadLetters(1, 10)).toEqual(deadLetters.slice(1))
    expect(await warehouse.positions()).toEqual([positions[1], positions[0]])
    expect(await warehouse.newest()).toEqual({
      sequence: 3,
      deadLetter: 3,
      change: 0,
      recommendationSequence: 0,
      version: 0,
    })
  }
})

test('any text, number and flag survives the way in and out, over several chunks', async () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.string({ maxLength: 14 }),
    fc.constantFrom('', '\0', '\ud83e\udd89', 'exactly12byt', 'thirteen-byte'),
  )
  const row = fc.record({
    eventId: text,
    userId: text,
    properties: fc.option(text),
    value: fc.option(fc.double({ noNaN: true })),
    time: fc.integer({ min: -8_640_000_000_000, max: 8_640_000_000_000 }),
    offset: fc.maxSafeNat(),
    liked: fc.boolean(),
    late: fc.boolean(),
    count: fc.nat({ max: 2 ** 31 - 1 }),
  })
  let sequence = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { minLength: 1, maxLength: 50 }),
      fc.integer({ min: 1, max: 60 }),
      async (rows, copies) => {
        const from = sequence
        const events: EnrichedEvent[] = []
        for (let k = 0; k < copies; k++) for (const changes of rows) events.push(event(++sequence, changes))
        await warehouse.commit({ ...noRows, events })
        expect(await warehouse.events(from, events.length)).toEqual(events)
      },
    ),
    { numRuns: 15 },
  )
})

test('half a surrogate pair becomes a replacement character and shifts nothing after it', async () => {
  const texts = ['\ud83e', '\udd89', 'plain', 'x\ud83e', '\udd89y']
  await warehouse.commit({ ...noRows, events: texts.map((userId, k) => event(k + 1, { userId })) })
  const read = await warehouse.events(0, 10)
  expect(read.map(row => row.userId)).toEqual(['\ufffd', '\ufffd', 'plain', 'x\ufffd', '\ufffdy'])
})

test('a batch of large values is cut into chunks that fit memory', async () => {
  const value = Buffer.alloc(3_000_000, 7)
  const deadLetters = Array.from({ length: 20 }, (_, k) => deadLetter(k + 1, { value }))
  await warehouse.commit({ ...noRows, deadLetters })
  expect((await warehouse.deadLetters(19, 1))[0]!.value!.equals(value)).toBe(true)
})

test('a number that cannot be stored exactly fails its batch, and no later one lands', async () => {
  await warehouse.commit({ ...noRows, events: [event(1)] })
  const bad = warehouse.commit({ ...noRows, events: [event(2), event(2 ** 53)] })
  const later = warehouse.commit({ ...noRows, events: [event(3)] })
  await expect(bad).rejects.toMatchObject({ code: 'WAREHOUSE_FAILED' })
  await expect(later).rejects.toMatchObject({ code: 'WAREHOUSE_FAILED' })
  await reopen()
  expect((await warehouse.events(0, 10)).map(row => row.sequence)).toEqual([1])
})

test('batches commit in the order of the calls', async () => {
  const position = (offset: number) => ({ topic: 't', partition: 0, offset })
  const commits = Array.from({ length: 20 }, (_, k) =>
    warehouse.commit({ ...noRows, events: [event(k + 1)], positions: [position(k + 1)] }),
  )
  await Promise.all(commits)
  expect(await warehouse.positions()).toEqual([position(20)])
  expect((await warehouse.events(0, 30)).map(row => row.sequence)).toEqual(Array.from({ length: 20 }, (_, k) => k + 1))
})

describe('profiles and items', () => {
  test('the last one of a batch wins, over batches too', async () => {
    await warehouse.commit({
      ...noRows,
      users: [user('ada', { features: '[]' }), user('bob'), user('ada', { offset: 5 })],
    })
    expect(await all(warehouse.users(['ada']))).toEqual([user('ada', { offset: 5 })])
    await warehouse.commit({ ...noRows, users: [user('ada', { offset: 9 })], items: [item('x', { title: 'X' })] })
    expect(await all(warehouse.users())).toEqual([user('ada', { offset: 9 }), user('bob')])
    expect(await all(warehouse.items())).toEqual([item('x', { title: 'X' })])
    expect(await all(warehouse.items(['nobody', 'x']))).toEqual([item('x', { title: 'X' })])
  })

  test('a tombstone removes the row, and a later profile brings it back', async () => {
    await warehouse.commit({ ...noRows, users: [user('ada')], items: [item('x')] })
    await warehouse.commit({
      ...noRows,
      users: [user('ada', { deleted: true })],
      items: [item('x', { deleted: true })],
    })
    expect(await all(warehouse.users())).toEqual([])
    expect(await all(warehouse.items())).toEqual([])
    await warehouse.commit({ ...noRows, users: [user('ada', { deleted: true }), user('ada', { offset: 3 })] })
    expect(await all(warehouse.users())).toEqual([user('ada', { offset: 3 })])
  })

  test('a foreign timestamp far out of any calendar is stored, at its limit', async () => {
    await warehouse.commit({
      ...noRows,
      users: [9e18, Number.NaN, -9e18].map((timestamp, k) => user(`u${k}`, { timestamp })),
    })
    expect((await all(warehouse.users())).map(row => row.timestamp)).toEqual([-8.64e15, 0, 8.64e15])
  })
})

describe('what the learner published', () => {
  const list = (sequence: number, items = ['a', 'b']) => ({
    recommendationId: `ddpg-la-${sequence}`,
    userId: 'ada',
    time: 1000,
    sequence,
    partition: 0,
    offset: sequence,
    modelVersion: 1,
    short: null,
    policy: 'ddpg-la',
    arm: 'main',
    items: items.map(itemId => ({ itemId, score: 0.5, propensity: 1, reason: 'watched by many this week' })),
  })
  const model = (version: number) => ({
    learner: 'ddpg-la',
    version,
    sequence: version * 100,
    sequences: version * 100,
    step: version,
    weightsSha256: 'abc',
    champion: 'bias',
    scores: [{ policy: 'bias', metric: 'rmse', value: 0.9, events: 100 }],
    served: [],
    index: [],
  })

  test('a repeated list lands once, also when partitions come in no order', async () => {
    await warehouse.commit({ ...noRows, recommendations: [list(10), list(30), list(10)] })
    await warehouse.commit({ ...noRows, recommendations: [list(20), list(30)] })
    await reopen()
    await warehouse.commit({ ...noRows, recommendations: [list(5), list(20), list(40)] })
    expect(await warehouse.newest()).toMatchObject({ recommendationSequence: 40 })
    expect(await warehouse.totals('t')).toMatchObject({ recommendations: 5 })
  })

  test("lists of one event land all, each once: its user's, a newcomer's and that for nobody in particular", async () => {
    const first = { ...list(10), recommendationId: 'ddpg-la-10.1', userId: 'newcomer' }
    const nobodys = { ...list(10), recommendationId: 'ddpg-la-10.0', userId: '' }
    await warehouse.commit({ ...noRows, recommendations: [nobodys] })
    await warehouse.commit({ ...noRows, recommendations: [list(10), first, list(10)] })
    await reopen()
    await warehouse.commit({ ...noRows, recommendations: [first, nobodys, list(11)] })
    expect(await warehouse.totals('t')).toMatchObject({ recommendations: 4 })
  })

  test('a repeated version lands once', async () => {
    await warehouse.commit({ ...noRows, versions: [model(1), model(2), model(2)] })
    await reopen()
    await warehouse.commit({ ...noRows, versions: [model(1), model(2), model(3)] })
    expect(await warehouse.newest()).toMatchObject({ version: 3 })
  })
})

test('totals count what was kept, and what of one topic was rejected, by reason', async () => {
  const deadLetters = [
    deadLetter(1),
    deadLetter(2, { reason: 'duplicate-id' }),
    deadLetter(3),
    deadLetter(4, { topic: 'shop.items' }),
  ]
  await warehouse.commit({ ...noRows, events: [event(1), event(2)], deadLetters })
  expect(await warehouse.totals('shop.behaviour-events')).toEqual({
    events: 2,
    rejected: { 'duplicate-id': 1, invalid: 2 },
    recommendations: 0,
  })
})

test('recent ids are those of the newest two generations, in row order', async () => {
  expect(await warehouse.recentIds()).toEqual({ generation: 0, newestTime: 0, rows: [] })
  const events = [1, 1, 2, 3, 3, 2].map((generation, k) => event(k + 1, { generation, time: k === 2 ? 9_999_999 : k }))
  await warehouse.commit({ ...noRows, events })
  const { generation, newestTime, rows } = await warehouse.recentIds()
  expect({ generation, newestTime }).toEqual({ generation: 3, newestTime: 9_999_999 })
  expect(rows.map(row => row.eventId)).toEqual(['event-3', 'event-4', 'event-5', 'event-6'])
  const { eventId, userId, itemId, behaviour, time, value } = events[2]!
  expect(rows[0]).toEqual({ generation: 2, eventId, userId, itemId, behaviour, time, value })
})

describe('one process owns the file', () => {
  const child = fileURLToPath(new URL('./open-child.mjs', import.meta.url))

  test('a second opener, in this process or another, is told who holds it', async () => {
    await expect(folder.open()).rejects.toMatchObject({
      code: 'WAREHOUSE_LOCKED',
      message: expect.stringContaining(`process ${process.pid}`),
    })
    const { stdout } = await promisify(execFile)(process.execPath, [child, JSON.stringify(folder.paths)])
    expect(stdout).toContain('WAREHOUSE_LOCKED')
    expect(stdout).toContain(`process ${process.pid}`)
  })

  test('a closed file can be opened again, and leaves no write-ahead log', async () => {
    await warehouse.commit({ ...noRows, events: [event(1)] })
    await warehouse.close()
    expect(existsSync(`${folder.paths.file}.wal`)).toBe(false)
    const { stdout } = await promisify(execFile)(process.execPath, [child, JSON.stringify(folder.paths)])
    expect(stdout).toBe('opened, newest event 1\n')
    warehouse = await folder.open()
  })
})

test('how many events found no item and no profile', async () => {
  const unknown = { itemKnown: false, userKnown: false }
  const known = { itemKnown: true, userKnown: true }
  const rows = [event(1, unknown), event(2, { ...known, itemKnown: false }), event(3, known)]
  await warehouse.commit({ ...noRows, events: rows })
  expect(await warehouse.unjoined()).toEqual({ events: 3, items: 2, profiles: 1 })
})

test('the order of blocks is kept once, however often it is read', async () => {
  const block = (part: number, from: number, to: number, change: number, base: number) => {
    return { part, from, to, base, changeFrom: 0, change, changeBase: 0, offset: 0 }
  }
  const first = [block(0, 0, 3, 0, 0), block(1, 0, 2, 1, 3), block(1, 2, 2, 2, 3)]
  const all = [...first, block(0, 3, 4, 0, 2)]
  await warehouse.commit({ ...noRows, order: first })
  await warehouse.commit({ ...noRows, order: first })
  await reopen()
  await warehouse.commit({ ...noRows, order: all })
  await warehouse.renew()
  await warehouse.commit({ ...noRows, order: all })
  const sql = 'SELECT part, from_row, to_row, change, base FROM recovery.block_order ORDER BY base, part, change'
  const { rows } = await runQuery({ snapshot: await warehouse.snapshot(), sql })
  expect(rows).toEqual([
    [0, 0, 3, 0, 0],
    [0, 3, 4, 0, 2],
    [1, 0, 2, 1, 3],
    [1, 2, 2, 2, 3],
  ])
})
