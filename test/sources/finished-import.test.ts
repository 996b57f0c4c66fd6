import { cpSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { openEmbeddedLog } from '../../src/log/embedded/embedded-log.ts'
import type { Log } from '../../src/log/log.ts'
import type { SourceReader } from '../../src/records/definition.ts'
import { topicSpecs } from '../../src/records/topics.ts'
import type { ImportProgress, NotedImport } from '../../src/sources/import-options.ts'
import { importSource } from '../../src/sources/import-source.ts'
import { everything, rowsOf, shop, temporaryFolder, topics } from './rows.ts'

let data: string
let folder: string
let log: Log
let noted: string | null
/** How often events were read. */
let walks: number

beforeEach(async () => {
  data = temporaryFolder()
  folder = temporaryFolder()
  log = await openEmbeddedLog({ folder: join(data, 'log') })
  await log.ensureTopics(topicSpecs('shop', 2))
  await log.close()
  cpSync(join(data, 'log'), join(data, 'empty'), { recursive: true })
  log = await openEmbeddedLog({ folder: join(data, 'log') })
  noted = null
  walks = 0
  writeFileSync(join(folder, 'events.txt'), '30')
  return () => log.close()
})

const note = (code = 'v1'): NotedImport => ({ code, note: { read: () => noted, write: text => (noted = text) } })

/** As many events as a file says. */
function reader(more: Partial<SourceReader> = {}): SourceReader {
  const file = join(folder, 'events.txt')
  const rows = () => rowsOf({ users: 9, items: 3, events: Number(readFileSync(file, 'utf8')) })
  return {
    ...rows(),
    async *events() {
      walks++
      yield* rows().events()
    },
    eventCount: () => Number(readFileSync(file, 'utf8')),
    files: () => [file],
    ...more,
  }
}

const run = (more: Partial<SourceReader> = {}, code?: string, signal?: AbortSignal): Promise<ImportProgress> =>
  importSource({
    ...{ log, definition: shop(reader(more), { partitions: 2 }), folder, noted: note(code), batchSize: 7 },
    ...(signal === undefined ? {} : { signal }),
  })

async function append(topic: string): Promise<void> {
  const producer = await log.producer('others')
  await producer.append(
    topic,
    Array.from({ length: 100 }, (_, k) => ({ key: `u${k}`, value: Buffer.from('{}'), timestamp: 0 })),
  )
  await producer.close()
}

test('a source that was imported to its end is not read again, and tells what it told', async () => {
  const first = await run()
  const once = await everything(log)
  const told: ImportProgress[] = []
  const definition = shop(reader(), { partitions: 2 })
  expect(await importSource({ log, definition, folder, noted: note(), onProgress: each => told.push(each) })).toEqual(
    first,
  )
  expect(told).toEqual([first])
  expect(walks).toBe(1)
  expect(await everything(log)).toEqual(once)
})

test.each<[string, () => void | Promise<void>]>([
  ['others wrote after it', () => append(topics.behaviourEvents)],
  ['its files were written again, with the same contents', () => rewrite('30')],
  ['the log was closed and opened', reopen],
])('nor where %s', async (_, change) => {
  await run()
  await change()
  await run()
  expect(walks).toBe(1)
})

test.each<[string, () => void | Promise<void>, () => Promise<unknown>]>([
  ['a file grew', () => rewrite('300'), run],
  ['a file changed within its length, and has its old time', changeWithinLength, run],
  [
    'it has a file more',
    () => writeFileSync(join(folder, 'more.txt'), ''),
    () => run({ files: () => filesWithMore() }),
  ],
  ['a file is gone', () => {}, () => run({ files: () => [join(folder, 'events.txt'), join(folder, 'gone.txt')] })],
  ['it does not say its files', () => {}, () => runUnsaid()],
  ['another program makes its rows', () => {}, () => run({}, 'v2')],
  ['it has another name', () => {}, () => run({ name: 'other' })],
  ['the note is gone', () => void (noted = null), run],
  ['the note was cut', () => void (noted = noted!.slice(0, -9)), run],
  ['a topic lost its end', loseEnd, run],
  [
    'a topic lost its end, and others wrote on from there',
    () => loseEnd().then(() => append(topics.behaviourEvents)),
    run,
  ],
  ['a topic was made again', remake, run],
])('it is read where %s', async (_, change, again) => {
  await run()
  await change()
  await again()
  expect(walks).toBeGreaterThan(1)
})

test('an import that was ended before its end is not noted; the next one goes on', async () => {
  const stop = new AbortController()
  const rows = rowsOf({ users: 9, items: 3, events: 30 }, (event, row) => {
    if (row === 20) stop.abort()
    return event
  })
  await run({ events: rows.events }, undefined, stop.signal)
  expect(noted).toBeNull()
  const { events } = await run()
  expect(events).toBe(30)
  expect(noted).not.toBeNull()
})

test('a file that is changed while it is read is read the next time', async () => {
  const rows = rowsOf({ users: 9, items: 3, events: 30 }, (event, row) => {
    if (row === 20) rewrite('40')
    return event
  })
  await run({ events: rows.events })
  expect(noted).toBeNull()
  expect((await run()).events).toBe(40)
})

function rewrite(text: string): void {
  // Another file in its place, so that it differs in its times for sure.
  writeFileSync(join(folder, 'new.txt'), text)
  utimesSync(join(folder, 'new.txt'), 1, 1)
  renameSync(join(folder, 'new.txt'), join(folder, 'events.txt'))
}

function changeWithinLength(): void {
  rewrite('31')
}

const filesWithMore = () => ['events.txt', 'more.txt'].map(name => join(folder, name))

function runUnsaid(): Promise<unknown> {
  const { files: _, ...unsaid } = reader()
  return importSource({ log, definition: shop(unsaid, { partitions: 2 }), folder, noted: note() })
}

async function reopen(): Promise<void> {
  await log.close()
  log = await openEmbeddedLog({ folder: join(data, 'log') })
}

/** The same topics by their ids, without what was imported. */
async function loseEnd(): Promise<void> {
  await log.close()
  rmSync(join(data, 'log', topics.behaviourEvents), { recursive: true })
  cpSync(join(data, 'empty', topics.behaviourEvents), join(data, 'log', topics.behaviourEvents), { recursive: true })
  log = await openEmbeddedLog({ folder: join(data, 'log') })
}

async function remake(): Promise<void> {
  await log.close()
  rmSync(join(data, 'log', topics.items), { recursive: true })
  log = await openEmbeddedLog({ folder: join(data, 'log') })
  await log.ensureTopics(topicSpecs('shop', 2))
}
