import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { RecstreamError } from '../../src/errors.ts'
import { definePipeline } from '../../src/pipeline/define-pipeline.ts'
import type { SourceReader } from '../../src/records/definition.ts'
import { openSource } from '../../src/sources/open-source.ts'
import { sourceStreams } from '../../src/sources/source-streams.ts'

const folder = mkdtempSync(join(tmpdir(), 'recstream-source-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const event = { eventId: 'e', userId: 'u', itemId: 'i', behaviour: 'view', time: 1, value: null, properties: {} }
const empty = { profiles: () => [], items: () => [], events: () => [] }

const shop = (read: () => unknown) =>
  definePipeline({
    name: 'shop',
    behaviours: ['view'],
    scale: { kind: 'watch', positiveFrom: 0.5 },
    reward: () => 1,
    source: { read: read as () => SourceReader },
  })

/** A user's own module, so that stacks are those of a user's own file. */
async function moduleOf(name: string, lines: string[]): Promise<{ path: string; read: () => SourceReader }> {
  const path = join(folder, `${name}.mjs`)
  writeFileSync(path, lines.join('\n'))
  return { path, read: (await import(pathToFileURL(path).href)).read }
}

async function all(rows: Iterable<unknown> | AsyncIterable<unknown>): Promise<unknown[]> {
  const found: unknown[] = []
  for await (const row of rows) found.push(row)
  return found
}

test.each([
  ['a generator', '*events() {'],
  ['an async generator', 'async *events() {'],
])('%s that throws is SOURCE_FAILED with the file, the line and the row', async (name, head) => {
  const { path, read } = await moduleOf(name.replaceAll(' ', '-'), [
    'export const read = () => ({ profiles: () => [], items: () => [],',
    `  ${head}`,
    '    yield 1',
    '    yield 2',
    '    undefined.foo',
    '  } })',
  ])
  await expect(all(openSource(shop(read), folder).rows('events'))).rejects.toMatchObject({
    code: 'SOURCE_FAILED',
    retriable: true,
    message: `The source of shop failed at ${path}:5 (events, row 3): TypeError: Cannot read properties of undefined (reading 'foo').`,
  })
})

test('read and eventCount that throw are told like rows that do', async () => {
  const { path, read } = await moduleOf('read', [
    'export const read = () => {',
    '  throw new Error("no such disk")',
    '}',
  ])
  expect(() => openSource(shop(read), folder)).toThrow(
    `The source of shop failed at ${path}:2 (read): Error: no such disk.`,
  )
  const counting = openSource(
    shop(() => ({ ...empty, eventCount: () => Promise.reject('gone') })),
    folder,
  )
  await expect(counting.eventCount()).rejects.toMatchObject({
    code: 'SOURCE_FAILED',
    message: 'The source of shop failed (eventCount): gone.',
  })
})

test('what can be made no text, or has no stack, is SOURCE_FAILED like any other', () => {
  const unreadable = new Error('no stack')
  Object.defineProperty(unreadable, 'stack', {
    get() {
      throw new Error('not for you')
    },
  })
  const failing = (thrown: unknown) => () => {
    throw thrown
  }
  expect(() => openSource(shop(failing(unreadable)), folder)).toThrow(
    'The source of shop failed (read): Error: no stack.',
  )
  expect(() => openSource(shop(failing(Object.create(null))), folder)).toThrow(
    'The source of shop failed (read): something that is no text.',
  )
})

test('an error of ours that a source passes on stays as it is', () => {
  const missing = new RecstreamError('SOURCE_INVALID', 'The file x.csv has no column y.')
  const failing = () => {
    throw missing
  }
  expect(() =>
    openSource(
      shop(() => ({ ...empty, events: failing })),
      folder,
    ).rows('events'),
  ).toThrow(missing)
})

test.each<[read: () => unknown, message: string]>([
  [() => undefined, 'What source.read of shop returns must have a function "profiles", not undefined.'],
  [() => ({ ...empty, items: [] }), 'What source.read of shop returns must have a function "items", not a list.'],
  [
    () => ({ ...empty, name: Promise.resolve('data') }),
    'What source.read of shop returns must have a "name" of at most 1,024 characters or none, not a promise.',
  ],
  [
    () => ({ ...empty, name: 'n'.repeat(1_025) }),
    'What source.read of shop returns must have a "name" of at most 1,024 characters or none, not a text of 1,025 characters.',
  ],
])('what is no source is SOURCE_INVALID: %o', (read, message) => {
  expect(() => openSource(shop(read), folder)).toThrow(expect.objectContaining({ code: 'SOURCE_INVALID', message }))
})

test('rows that are none are SOURCE_INVALID', () => {
  const source = openSource(
    shop(() => ({ ...empty, events: () => 7 })),
    folder,
  )
  expect(() => source.rows('events')).toThrow(
    '"events" of the source of shop must return rows, a list or a generator, not the number 7.',
  )
})

test('rows keep the source as `this`', async () => {
  class Reader {
    kept = [event]
    profiles = () => []
    items = () => []
    events() {
      return this.kept
    }
  }
  expect(
    await all(
      openSource(
        shop(() => new Reader()),
        folder,
      ).rows('events'),
    ),
  ).toEqual([event])
})

test.each<[role: 'profiles' | 'items' | 'events', row: unknown, message: string]>([
  [
    'events',
    { ...event, userId: 0 },
    'Row 3 of data (event): "userId" must be a text, not the number 0; write it as "0".',
  ],
  [
    'events',
    { ...event, time: 1n },
    'Row 3 of data (event): "time" must be a whole number of milliseconds since 1970, less than 2^52, not a bigint.',
  ],
  [
    'profiles',
    { userId: 'u', attributes: { age: 30 } },
    'Row 3 of data (profile): "attributes" must be an object of at most 64 texts, names and texts at most 1,024 characters; one is the number 30.',
  ],
  ['items', undefined, 'Row 3 of data (item): it must be an object, not undefined.'],
  [
    'items',
    { itemId: 'i', time: 0.5 },
    'Row 3 of data (item): "time" must be a whole number of milliseconds since 1970 or be left out, not the number 0.5.',
  ],
  [
    'items',
    { itemId: 'i', deleted: 1 },
    'Row 3 of data (item): "deleted" must be true or be left out, not the number 1.',
  ],
])('a row that ingest would refuse is SOURCE_INVALID and names the field: %s %o', (role, row, message) => {
  const definition = shop(() => ({ ...empty, name: 'data' }))
  const stream = sourceStreams(definition, openSource(definition, folder))[role]
  expect(() => stream.check(row, 3)).toThrow(expect.objectContaining({ code: 'SOURCE_INVALID', message }))
})

test('a row with a field that throws when it is read is SOURCE_FAILED', () => {
  const definition = shop(() => ({ ...empty, name: 'data' }))
  const row = {
    ...event,
    get itemId() {
      throw 'not yet'
    },
  }
  expect(() => sourceStreams(definition, openSource(definition, folder)).events.check(row, 3)).toThrow(
    expect.objectContaining({ code: 'SOURCE_FAILED', message: 'The source of shop failed (events, row 3): not yet.' }),
  )
})

test('an item is as old as it says, else older than any event, and one that is gone is a record without a value', () => {
  const definition = { ...shop(() => empty), epoch: 5, encoding: 'json' as const }
  const { items } = sourceStreams(definition, openSource(definition, folder))
  const recordOf = (row: object) => items.encode(items.check(row, 1))
  expect(recordOf({ itemId: 'i' })).toMatchObject({ key: 'i', timestamp: 5, value: Buffer.from('{"itemId":"i"}') })
  expect(recordOf({ itemId: 'i', time: 7 })).toMatchObject({ timestamp: 7, value: Buffer.from('{"itemId":"i"}') })
  expect(recordOf({ itemId: 'i', time: 9, deleted: true })).toMatchObject({ key: 'i', timestamp: 9, value: null })
})

test('what a row leaves out has its default, in both encodings', () => {
  const least = { userId: 'u', itemId: 'i', behaviour: 'view', time: 1 }
  for (const encoding of ['json', 'avro'] as const) {
    const definition = { ...shop(() => empty), encoding }
    const { events } = sourceStreams(definition, openSource(definition, folder))
    expect(events.encode(events.check(least, 1))).toEqual(events.encode(events.check({ ...least, eventId: null }, 1)))
  }
})
