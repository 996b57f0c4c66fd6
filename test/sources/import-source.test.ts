import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { LogRecord, Producer } from '../../src/log/log.ts'
import type { SourceReader } from '../../src/records/definition.ts'
import { importSource } from '../../src/sources/import-source.ts'
import { contents, everything, freshLog, imported, marks, rowsOf, shop, topics } from './rows.ts'

test('writes profiles and items at the epoch and events at their own time, keyed, each with its row in a header', async () => {
  const log = await freshLog()
  const definition = shop(rowsOf({ users: 2, items: 1, events: 2 }))
  expect(await importSource({ log, definition })).toEqual({ profiles: 2, items: 1, events: 2, total: 2 })
  const [[profiles], [items], [events]] = (await everything(log)) as [[LogRecord[]], [LogRecord[]], [LogRecord[]]]
  const shown = (records: LogRecord[]) =>
    records.map(({ key, timestamp, value }) => [key?.toString(), timestamp, JSON.parse(value!.toString())])
  expect(shown(profiles)).toEqual([
    ['u0', definition.epoch, { userId: 'u0', attributes: { age: '0' } }],
    ['u1', definition.epoch, { userId: 'u1', attributes: { age: '1' } }],
  ])
  expect(shown(items)).toEqual([['i0', definition.epoch, { itemId: 'i0', title: 'Item 0' }]])
  const event = { behaviour: 'view', time: 1_700_000_000_001, value: 1 }
  expect(shown(events)[1]).toEqual(['u1', 1_700_000_000_001, { eventId: 'e1', userId: 'u1', itemId: 'i1', ...event }])
  expect(marks(events)).toEqual(['rows:1', 'rows:2'])
  await log.close()
})

test('writes in the encoding of the pipeline', async () => {
  const log = await freshLog()
  await importSource({ log, definition: shop(rowsOf({ users: 1, items: 1, events: 1 }), { encoding: 'avro' }) })
  for (const [[record]] of (await everything(log)) as [[LogRecord]][]) {
    expect(record!.value!.subarray(0, 2)).toEqual(Buffer.from([0xc3, 0x01]))
  }
  await log.close()
})

test('tells its progress after every batch', async () => {
  const log = await freshLog()
  const seen: unknown[] = []
  const definition = shop(rowsOf({ users: 1, items: 1, events: 5 }))
  await importSource({ log, definition, batchSize: 2, onProgress: progress => seen.push(Object.values(progress)) })
  expect(seen).toEqual([
    [1, 0, 0, 5],
    [1, 1, 0, 5],
    [1, 1, 2, 5],
    [1, 1, 4, 5],
    [1, 1, 5, 5],
  ])
  await log.close()
})

test('a second run of the same source appends nothing, in whatever encoding', async () => {
  const log = await freshLog(3)
  const reader = rowsOf({ users: 20, items: 3, events: 50 })
  await importSource({ log, definition: shop(reader, { partitions: 3 }) })
  const once = await everything(log)
  const again = await importSource({ log, definition: shop(reader, { partitions: 3, encoding: 'avro' }), batchSize: 7 })
  expect(again).toEqual({ profiles: 20, items: 3, events: 50, total: 50 })
  expect(await everything(log)).toEqual(once)
  await log.close()
})

test('rows that were added at the end are appended alone', async () => {
  const log = await freshLog()
  await importSource({ log, definition: shop(rowsOf({ users: 1, items: 1, events: 3 })) })
  await importSource({ log, definition: shop(rowsOf({ users: 1, items: 1, events: 5 })) })
  const [, , [events]] = (await everything(log)) as LogRecord[][][] as [unknown, unknown, [LogRecord[]]]
  expect(marks(events)).toEqual(['rows:1', 'rows:2', 'rows:3', 'rows:4', 'rows:5'])
  await log.close()
})

test.each<[string, SourceReader, string[]]>([
  ['with rows missing', rowsOf({ users: 0, items: 0, events: 2 }), ['rows#2:1', 'rows#2:2']],
  [
    'with a row edited',
    rowsOf({ users: 0, items: 0, events: 3 }, (event, row) => (row === 2 ? { ...event, value: 99 } : event)),
    ['rows#2:1', 'rows#2:2', 'rows#2:3'],
  ],
  ['of another name', { ...rowsOf({ users: 0, items: 0, events: 2 }), name: 'b#c:d' }, ['b-c-d:1', 'b-c-d:2']],
])('a source %s is appended whole, and only once', async (_, changed, added) => {
  const log = await freshLog()
  const first = rowsOf({ users: 0, items: 0, events: 3 })
  await importSource({ log, definition: shop(first) })
  for (let run = 0; run < 3; run++) await importSource({ log, definition: shop(changed) })
  const [records] = await contents(log, topics.behaviourEvents)
  expect(marks(records!)).toEqual(['rows:1', 'rows:2', 'rows:3', ...added])
  await log.close()
})

test('a source that was imported before another one is not imported again', async () => {
  const log = await freshLog()
  const [one, other] = [rowsOf({ users: 1, items: 1, events: 3 }), rowsOf({ users: 1, items: 1, events: 3 })]
  other.name = 'other'
  for (const reader of [one, other, one, other]) await importSource({ log, definition: shop(reader) })
  const [records] = await contents(log, topics.behaviourEvents)
  expect(marks(records!)).toEqual(['rows:1', 'rows:2', 'rows:3', 'other:1', 'other:2', 'other:3'])
  await log.close()
})

test('an abort between batches leaves whole batches, and the next run goes on from there', async () => {
  const log = await freshLog(2)
  const definition = shop(rowsOf({ users: 0, items: 0, events: 100 }), { partitions: 2 })
  const abort = new AbortController()
  const progress = await importSource({
    ...{ log, definition, batchSize: 10, signal: abort.signal },
    onProgress: ({ events }) => events >= 30 && abort.abort(),
  })
  expect(progress.events).toBe(30)
  expect((await contents(log, topics.behaviourEvents)).flat().length).toBe(30)
  expect((await importSource({ log, definition })).events).toBe(100)
  expect((await contents(log, topics.behaviourEvents)).flat().length).toBe(100)
  await log.close()
})

test('a pipeline without a source, and a row that cannot be written, are one sentence each', async () => {
  const log = await freshLog()
  const { source: _, ...bare } = shop(rowsOf({ users: 0, items: 0, events: 0 }))
  await expect(importSource({ log, definition: bare })).rejects.toMatchObject({ code: 'SOURCE_MISSING' })
  const broken = rowsOf({ users: 0, items: 0, events: 3 }, (event, row) =>
    row === 2 ? { ...event, userId: 5 as unknown as string } : event,
  )
  for (const encoding of ['json', 'avro'] as const) {
    await expect(importSource({ log, definition: shop(broken, { encoding }) })).rejects.toMatchObject({
      code: 'SOURCE_INVALID',
      message: 'Row 2 of rows (event): "userId" must be a text, not the number 5; write it as "5".',
    })
  }
  await log.close()
})

class Interruption extends Error {}

/** A producer that dies at its n-th append, before or after the records have landed. */
function dying(producer: Producer, at: number, landed: boolean): Producer {
  let count = 0
  return {
    async append(topic, records, options) {
      const dies = ++count === at
      if (dies && !landed) throw new Interruption()
      await producer.append(topic, records, options)
      if (dies) throw new Interruption()
    },
    close: () => producer.close(),
  }
}

test('any interruptions, and other services writing in between, leave the topics as one run does', async () => {
  const interruption = fc.record({
    at: fc.integer({ min: 1, max: 12 }),
    landed: fc.boolean(),
    batchSize: fc.integer({ min: 1, max: 12 }),
    other: fc.option(fc.constantFrom(...imported), { nil: null }),
    key: fc.constantFrom('u0', 'u1', 'u2'),
  })
  await fc.assert(
    fc.asyncProperty(
      fc.record({ users: fc.nat(15), items: fc.nat(5), events: fc.nat(40) }),
      fc.integer({ min: 1, max: 3 }),
      fc.array(interruption, { maxLength: 4 }),
      async (counts, partitions, interruptions) => {
        const definition = shop(rowsOf(counts), { partitions })
        const [twin, log] = [await freshLog(partitions), await freshLog(partitions)]
        await importSource({ log: twin, definition })
        for (const { at, landed, batchSize, other, key } of interruptions) {
          const producer = dying(await log.producer('shop.import'), at, landed)
          await importSource({ log, definition, producer, batchSize }).catch(error => {
            if (!(error instanceof Interruption)) throw error
          })
          await producer.close()
          if (other === null) continue
          const service = await log.producer('service')
          await service.append(other, [{ key, timestamp: definition.epoch, value: Buffer.from('{}') }])
          await service.close()
        }
        expect((await importSource({ log, definition })).events).toBe(counts.events)
        const ours = (await everything(log)).map(topic =>
          topic.map(partition => partition.filter(({ headers }) => headers['recstream-import'] !== undefined)),
        )
        expect(ours).toEqual(await everything(twin))
        await log.close()
        await twin.close()
      },
    ),
    { numRuns: 25 },
  )
})
