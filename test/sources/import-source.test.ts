import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import { openEmbeddedLog } from '../../src/log/embedded/embedded-log.ts'
import type { Log, LogRecord, Producer } from '../../src/log/log.ts'
import { packageRoot } from '../../src/package-root.ts'
import { definePipeline } from '../../src/pipeline/define-pipeline.ts'
import type { BehaviourEvent, PipelineDefinition, SourceReader } from '../../src/records/definition.ts'
import { topicSpecs, topicsOf } from '../../src/records/topics.ts'
import { findPipeline } from '../../src/run/find-pipeline.ts'
import { importSource } from '../../src/sources/import-source.ts'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'recstream-import-'))
  folders.push(folder)
  return folder
}

const topics = topicsOf('shop')
const imported = [topics.userProfiles, topics.items, topics.behaviourEvents]

/** A source of so many rows each; `edit` changes an event by its row, from 1. */
function rowsOf(
  counts: { users: number; items: number; events: number },
  edit: (event: BehaviourEvent, row: number) => BehaviourEvent = event => event,
): SourceReader {
  const list = <T>(length: number, make: (i: number) => T) => Array.from({ length }, (_, i) => make(i))
  return {
    name: 'rows',
    profiles: () => list(counts.users, i => ({ userId: `u${i}`, attributes: { age: `${i}` } })),
    items: () => list(counts.items, i => ({ itemId: `i${i}`, title: `Item ${i}`, attributes: {}, tags: [] })),
    async *events() {
      for (let i = 0; i < counts.events; i++) {
        yield edit(
          {
            ...{
              eventId: `e${i}`,
              userId: `u${i % 7}`,
              itemId: `i${i % 3}`,
              behaviour: 'view',
              time: 1_700_000_000_000 + i,
            },
            ...{ value: i, properties: {}, recommendationId: null },
          },
          i + 1,
        )
      }
    },
    eventCount: () => counts.events,
  }
}

function shop(
  reader: SourceReader,
  settings: { partitions?: number; encoding?: 'json' | 'avro' } = {},
): PipelineDefinition {
  return definePipeline({
    name: 'shop',
    behaviours: ['view'],
    scale: { kind: 'watch', positiveFrom: 0.5 },
    reward: () => 0,
    encoding: 'json',
    ...settings,
    source: { read: () => reader },
  })
}

async function freshLog(partitions = 1): Promise<Log> {
  const log = await openEmbeddedLog({ folder: temporaryFolder() })
  await log.ensureTopics(topicSpecs('shop', partitions))
  return log
}

/** Everything on a topic by partition, offsets left out. */
async function contents(log: Log, topic: string): Promise<Omit<LogRecord, 'offset'>[][]> {
  const ranges = await log.ranges(topic)
  const reader = await log.reader(ranges.map(({ partition, first }) => ({ topic, partition, offset: first })))
  const found: Omit<LogRecord, 'offset'>[][] = ranges.map(() => [])
  while (!(await reader.caughtUp())) {
    for (const { offset: _, ...record } of await reader.read(100)) found[record.partition]!.push(record)
  }
  await reader.close()
  return found
}

async function everything(log: Log): Promise<Omit<LogRecord, 'offset'>[][][]> {
  const all: Omit<LogRecord, 'offset'>[][][] = []
  for (const topic of imported) all.push(await contents(log, topic))
  return all
}

const marks = (records: Omit<LogRecord, 'offset'>[]) =>
  records.map(({ headers }) => headers['recstream-import']?.toString().replace(/:[0-9a-f]{8}$/, ''))

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
      message: 'Row 2 of rows (event): "userId" must be a text of 1 to 1,024 characters, not the number 5.',
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

test('rows that one partition lost are written again, and no others', async () => {
  const definition = shop(rowsOf({ users: 30, items: 4, events: 300 }), { partitions: 3 })
  const [twin, log] = [await freshLog(3), await freshLog(3)]
  await importSource({ log: twin, definition })
  const producer = await log.producer('shop.import')
  for (const topic of imported) {
    const records = await contents(twin, topic)
    for (const [partition, kept] of records.entries())
      await producer.append(topic, partition === 1 ? kept.slice(0, 2) : kept)
  }
  await producer.close()
  await importSource({ log, definition })
  expect(await everything(log)).toEqual(await everything(twin))
  await log.close()
  await twin.close()
})

test('a source that lost rows and was changed is appended whole, without the old rows before', async () => {
  const [twin, log] = [await freshLog(3), await freshLog(3)]
  await importSource({ log: twin, definition: shop(rowsOf({ users: 0, items: 0, events: 50 }), { partitions: 3 }) })
  const producer = await log.producer('shop.import')
  for (const [partition, kept] of (await contents(twin, topics.behaviourEvents)).entries()) {
    await producer.append(topics.behaviourEvents, partition === 1 ? kept.slice(0, 2) : kept)
  }
  await producer.close()
  const before = (await contents(log, topics.behaviourEvents)).flat().length
  const edit = (event: BehaviourEvent, row: number) => (row === 49 ? { ...event, value: -1 } : event)
  await importSource({ log, definition: shop(rowsOf({ users: 0, items: 0, events: 50 }, edit), { partitions: 3 }) })
  const after = (await contents(log, topics.behaviourEvents)).flat()
  expect(after.length).toBe(before + 50)
  expect(marks(after).filter(mark => mark!.startsWith('rows#2:')).length).toBe(50)
  await log.close()
  await twin.close()
})

test('partitions that were added since change nothing about which rows are there', async () => {
  const definition = shop(rowsOf({ users: 0, items: 0, events: 60 }), { partitions: 2 })
  const [twin, log] = [await freshLog(2), await freshLog(5)]
  await importSource({ log: twin, definition })
  const producer = await log.producer('shop.import')
  for (const kept of await contents(twin, topics.behaviourEvents)) await producer.append(topics.behaviourEvents, kept)
  await producer.close()
  await importSource({ log, definition })
  expect((await contents(log, topics.behaviourEvents)).flat().length).toBe(60)
  await log.close()
  await twin.close()
})

const numbers = 'events=20000,users=300,items=100,seed=5'

/** Import in a process of its own; kill it once it has told of so many events. Resolves to whether it was killed. */
async function importInProcess(log: string, killAt: number | null, failpoints = ''): Promise<boolean> {
  const built = (path: string) => JSON.stringify(pathToFileURL(join(packageRoot(), 'dist/src', path)).href)
  const script = join(temporaryFolder(), 'import.mjs')
  writeFileSync(
    script,
    `import { findPipeline } from ${built('run/find-pipeline.js')}
     import { importSource } from ${built('sources/import-source.js')}
     import { openEmbeddedLog } from ${built('log/embedded/embedded-log.js')}
     const log = await openEmbeddedLog({ folder: ${JSON.stringify(log)} })
     const onProgress = ({ events }) => process.stdout.write(events + '\\n')
     await importSource({ log, definition: await findPipeline('generated'), folder: ${JSON.stringify(numbers)}, onProgress, batchSize: 500 })
     await log.close()`,
  )
  const child = spawn(process.execPath, [script], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, RECSTREAM_FAILPOINTS: failpoints },
  })
  const ended = new Promise<{ code: number | null; signal: string | null }>(resolve => {
    child.on('exit', (code, signal) => resolve({ code, signal }))
  })
  for await (const line of createInterface({ input: child.stdout })) {
    if (killAt !== null && Number(line) >= killAt) child.kill('SIGKILL')
  }
  const { code, signal } = await ended
  if (signal !== 'SIGKILL') expect(code).toBe(0)
  return signal === 'SIGKILL'
}

/** Records as text: twenty thousand of them are compared in no time. */
async function text(log: Log, topic: string): Promise<string[][]> {
  return (await contents(log, topic)).map(records =>
    records.map(({ key, timestamp, value, headers }) =>
      [key, timestamp, value?.toString('hex'), headers['recstream-import']].join(' '),
    ),
  )
}

test('kill -9 at any instant and at every failpoint of an append, then start again: the same topics', async () => {
  const folder = join(temporaryFolder(), 'log')
  const log = await openEmbeddedLog({ folder })
  await log.ensureTopics(topicSpecs('generated', 2))
  const failpoints = temporaryFolder()
  for (const name of ['append.before', 'append.after', 'fsync.before', 'fsync.after']) {
    writeFileSync(join(failpoints, name), '')
    expect(await importInProcess(folder, null, failpoints)).toBe(true)
  }
  // How far a run comes until the signal arrives is chance, and any of it must do.
  for (const killAt of [1, 4_000, 9_500, 15_000]) await importInProcess(folder, killAt)
  expect(await importInProcess(folder, null)).toBe(false)

  const twin = await openEmbeddedLog({ folder: join(temporaryFolder(), 'log') })
  await twin.ensureTopics(topicSpecs('generated', 2))
  await importSource({ log: twin, definition: await findPipeline('generated'), folder: numbers })
  for (const { name } of topicSpecs('generated', 2)) expect(await text(log, name)).toEqual(await text(twin, name))
  expect((await text(log, 'generated.behaviour-events')).flat().length).toBe(20_000)
  await twin.close()
  await log.close()
})
