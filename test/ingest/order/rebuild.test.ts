import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { encodeProfile } from '../../../src/codec/input.ts'
import type { Log, LogRecord } from '../../../src/log/log.ts'
import { layoutOf } from '../../../src/run/layout.ts'
import { harmWarehouse } from '../../promises/damage.ts'
import { seeded } from '../../promises/random.ts'
import { openShop, type Shop, shopPipeline, start, topics } from './shop.ts'
import { changedLog } from './shuffled-log.ts'

describe('a warehouse that was removed, with four partitions', () => {
  let shop: Shop
  let expected: Awaited<ReturnType<Shop['run']>>
  beforeAll(async () => {
    shop = await openShop(4)
    await shop.produce(0, 120)
    expected = await shop.run('first', { on: shop.arriving(1) })
    expect(expected.events.length).toBeGreaterThan(80)
    expect(expected.deadLetters.length).toBeGreaterThan(20)
  })
  afterAll(() => shop.close())

  test('is built again in the recorded order, however the partitions arrive', async () => {
    const before = await shop.published()
    const said: string[] = []
    expect(await shop.run('again', { on: shop.arriving(2), batchSize: 37, said })).toEqual(expected)
    expect(await shop.published()).toEqual(before)
    expect(said).toEqual([
      expect.stringMatching(/ends at row 0 and interest-sequences at \d+/),
      expect.stringMatching(/holds again/),
    ])
  })

  test('counts as read the events alone, not the dead letters of profiles and items', async () => {
    const others = expected.deadLetters.filter(({ topic }) => topic !== topics.behaviourEvents)
    expect(others.length).toBeGreaterThan(0)
    const read: number[] = []
    await shop.run('count', { on: shop.arriving(2), onEnd: ({ eventsRead }) => read.push(eventsRead) })
    expect(read).toEqual([120])
  })

  test('holds no dead letters that retention has removed, and numbers the others as they were', async () => {
    const on = changedLog(shop.arriving(2), topics.deadLetters, record => (record.offset < 9 ? null : record))
    expect(await shop.run('letters', { on })).toEqual({ ...expected, deadLetters: expected.deadLetters.slice(9) })
  })

  test('is the same from dead letters that do not say their place', async () => {
    const on = changedLog(shop.arriving(2), topics.deadLetters, record => {
      const { 'recstream-after': _, ...headers } = record.headers
      return { ...record, headers }
    })
    expect(await shop.run('placeless', { on })).toEqual(expected)
  })

  test('holds rows as they were kept, and says so, where the definition has changed since', async () => {
    const said: string[] = []
    const reward = shopPipeline({ reward: () => 0.25 })
    expect((await shop.run('reward', { on: shop.arriving(2), definition: reward, said })).events).toEqual(
      expected.events,
    )
    expect(said.at(-1)).toMatch(/definition has changed since .*row \d+ would have the reward 0.25.* another name/)
    const epoch = shopPipeline({ epoch: start + 5_000 })
    expect((await shop.run('epoch', { on: shop.arriving(2), definition: epoch, said })).events).toEqual(expected.events)
    expect(said.at(-1)).toMatch(/would be rejected as impossible-time/)
  })

  test('is refused where a record that was kept is gone, or is another one', async () => {
    const { partition, offset } = expected.events.find(row => row.offset > 3)!
    const upTo = (record: LogRecord) => record.partition === partition && record.offset <= offset
    const gone = changedLog(shop.arriving(2), topics.behaviourEvents, record => (upTo(record) ? null : record))
    await expect(shop.run('gone', { on: gone })).rejects.toMatchObject({
      code: 'OFFSET_OUT_OF_RANGE',
      message: expect.stringMatching(/^Row \d+ was made of .* which is not in the log any more/),
    })
    const eve = Buffer.from(JSON.stringify({ userId: 'eve', itemId: 'i1', behaviour: 'view', time: start }))
    const other = changedLog(shop.arriving(2), topics.behaviourEvents, record =>
      upTo(record) && record.offset === offset ? { ...record, value: eve } : record,
    )
    await expect(shop.run('other', { on: other })).rejects.toMatchObject({
      code: 'REBUILD_FAILED',
      message: expect.stringContaining(
        `made of another event than shop.behaviour-events/${partition}@${offset} holds now`,
      ),
    })
  })

  test('is refused where the order itself is gone', async () => {
    const on = changedLog(shop.arriving(2), topics.interestSequences, record => (record.offset < 2 ? null : record))
    await expect(shop.run('order', { on })).rejects.toMatchObject({
      code: 'REBUILD_FAILED',
      message: expect.stringMatching(/order of the rows 1 to \d+ is gone from interest-sequences/),
    })
  })
})

const withShop = async (shop: Shop, work: (shop: Shop) => Promise<void>) => work(shop).finally(() => shop.close())

test('a rebuild may be interrupted, begin from an older copy, and go on with what comes in', async () => {
  await withShop(await openShop(4), async shop => {
    await shop.produce(0, 60)
    await shop.run('again', { on: shop.arriving(1) })
    cpSync(join(shop.folder, 'again'), join(shop.folder, 'first'), { recursive: true })
    await shop.produce(60, 120)
    const expected = await shop.run('first', { on: shop.arriving(2) })
    await shop.run('again', { on: shop.arriving(3), batchSize: 10, steps: 2 })
    expect(await shop.run('again', { on: shop.arriving(4) })).toEqual(expected)
    await shop.produce(120, 150)
    const { events, deadLetters } = await shop.run('again', { on: shop.arriving(5) })
    expect(events.slice(0, expected.events.length)).toEqual(expected.events)
    const { sequences, letters } = await shop.published()
    const places = sequences.flatMap(block =>
      block.sequence.map((row, k) => [row, block.partition[k], block.offset[k]]),
    )
    expect(places).toEqual(events.map(row => [row.sequence, row.partition, row.offset]))
    expect(letters.map(([number]) => Number(number))).toEqual(deadLetters.map(letter => letter.number))
  })
})

describe.each([1, 4])('with %i partitions, what was published and not committed', partitions => {
  test('is committed by the next process as the first would have, whenever that one was killed', async () => {
    await withShop(await openShop(partitions), async shop => {
      await shop.produce(0, 240)
      const gaps: number[] = []
      for (let commits = 1; commits <= 8; commits++) {
        const said: string[] = []
        const killed = shop.run('first', { on: shop.arriving(commits), batchSize: 3, commits, said })
        await expect(killed).rejects.toThrow('killed')
        const rows = await shop.rows('first')
        const { sequences } = await shop.published()
        gaps.push((sequences.at(-1)?.sequence.at(-1) ?? 0) - rows)
      }
      const first = await shop.run('first', { on: shop.arriving(20) })
      expect(gaps.filter(rows => rows > 0).length).toBeGreaterThan(0)
      const { sequences, letters } = await shop.published()
      expect(sequences.flatMap(block => block.sequence)).toEqual(first.events.map(row => row.sequence))
      expect(letters.map(([number]) => Number(number))).toEqual(first.deadLetters.map(letter => letter.number))
      expect(await shop.run('again', { on: shop.arriving(21) })).toEqual(first)
      if (partitions > 1) return
      await withShop(await openShop(1), async twin => {
        await twin.produce(0, 240)
        expect(await twin.run('whole', { on: twin.arriving(0) })).toEqual(first)
        expect((await twin.published()).letters).toEqual(letters)
      })
    })
  })
})

test('dead letters that were not published when the warehouse was lost are made again', async () => {
  await withShop(await openShop(4), async shop => {
    await shop.produce(0, 120)
    const on = dyingBeforeDeadLetters(shop.arriving(1))
    await expect(shop.run('first', { on, batchSize: 1_000 })).rejects.toThrow('killed')
    const { events } = await shop.run('again', { on: shop.arriving(2), batchSize: 1_000 })
    const { sequences, letters } = await shop.published()
    expect(sequences.flatMap(block => block.offset)).toEqual(events.map(row => row.offset))
    const eventLetters = letters.filter(([, , value]) => value !== '{')
    expect(events.length + eventLetters.length).toBe(120)
    expect(new Set(letters.map(([, place, value]) => `${place} ${value}`)).size).toBe(letters.length)
  })
})

test('rows have the features that events were joined with, though profiles were compacted since', async () => {
  await withShop(await openShop(4, 256), async shop => {
    for (let k = 0; k < 120; k += 40) await shop.produce(k, k + 40)
    const expected = await shop.run('first', { on: shop.arriving(1) })
    expect((await shop.log.compact(topics.userProfiles)).records).toBeGreaterThan(0)
    const { events, deadLetters } = await shop.run('again', { on: shop.arriving(2) })
    expect({ events, deadLetters }).toEqual({ events: expected.events, deadLetters: expected.deadLetters })
  })
})

test('a profile that came from the future stays refused when its time has come', async () => {
  await withShop(await openShop(4), async shop => {
    const producer = await shop.log.producer('future')
    // What stands there at the very first event is known from the beginning, whatever its time.
    await shop.produce(0, 4)
    await shop.run('first', { on: shop.log })
    const value = encodeProfile({ userId: 'u1', attributes: { from: 'the future' } })
    const timestamp = start + 600_000
    await producer.append(
      topics.userProfiles,
      [0, 1, 2, 3].map(partition => ({ partition, key: 'u1', value, timestamp })),
    )
    await producer.close()
    await shop.produce(4, 60)
    const first = await shop.run('first', { on: shop.arriving(1) })
    expect(first.deadLetters.filter(letter => letter.reason === 'impossible-time').length).toBeGreaterThan(0)
    expect(first.events.some(row => row.userKnown)).toBe(true)
    await shop.produce(9_000, 9_060)
    const expected = await shop.run('first', { on: shop.arriving(2) })
    expect(await shop.run('again', { on: shop.arriving(3) })).toEqual(expected)
  })
})

test('with one partition the beginning of the order may be gone: there is only one', async () => {
  await withShop(await openShop(1), async shop => {
    await shop.produce(0, 120)
    const expected = await shop.run('first', { on: shop.log })
    for (const [name, from] of [
      ['late', 2],
      ['gone', 99],
    ] as const) {
      const on = changedLog(shop.log, topics.interestSequences, record => (record.offset < from ? null : record))
      expect(await shop.run(name, { on, batchSize: 30 })).toEqual(expected)
    }
  })
})

/** A log on which the process dies as it appends dead letters. */
function dyingBeforeDeadLetters(on: Log): Log {
  return {
    ...on,
    producer: async id => {
      const producer = await on.producer(id)
      return {
        close: () => producer.close(),
        async append(topic, records) {
          if (topic === topics.deadLetters) throw new Error('killed')
          await producer.append(topic, records)
        },
      }
    },
  }
}

test.each([1, 4])('a warehouse with %i partitions comes out the same after what harms it', async partitions => {
  const shop = await openShop(partitions)
  try {
    await shop.produce(0, 80)
    const expected = await shop.run('shop', { on: shop.arriving(1) })
    const { warehouse: file } = layoutOf(join(shop.folder, 'shop'), 'shop')
    for (const [seed, how] of (['bits', 'cut'] as const).entries()) {
      harmWarehouse(file, how, { random: seeded(seed + 3), other: '' })
      expect(await shop.run('shop', { on: shop.arriving(seed) })).toEqual(expected)
    }
  } finally {
    await shop.close()
  }
})
