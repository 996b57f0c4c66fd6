import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type EmbeddedLog, openEmbeddedLog } from '../../../src/log/embedded/embedded-log.ts'
import type { LogRecord, Producer } from '../../../src/log/log.ts'
import { from, readAll, readToEnd } from '../fixtures/read.ts'

let folder: string
let log: EmbeddedLog
let producer: Producer

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'recstream-log-'))
  log = await openEmbeddedLog({ folder, segmentBytes: 1_000 })
  await log.ensureTopics([
    { name: 'c', partitions: 2, compacted: true },
    { name: 'plain', partitions: 1 },
  ])
  producer = await log.producer('x')
})

afterEach(async () => {
  await log.close()
  rmSync(folder, { recursive: true, force: true })
})

const put = (topic: string, key: string | null, value: string | null, timestamp = 1) =>
  producer.append(topic, [
    { key, value: value === null ? null : Buffer.from(value), timestamp, headers: { h: `${value}` } },
  ])
const segments = (topic: string) => readdirSync(join(folder, topic)).filter(name => name.endsWith('.log')).length
const newestOf = (records: readonly LogRecord[]) =>
  new Map(records.map(record => [record.key!.toString(), record.value?.toString() ?? null]))

describe('compaction', () => {
  test('keeps the newest record of every key, tombstones too, with its offset', async () => {
    for (let i = 0; i < 200; i++) await put('c', `k${i % 7}`, i % 7 === 3 ? null : `v${i}`)
    const before = await readAll(log, from('c', 2))
    const cleaned = await log.compact('c')
    const after = await readAll(log, from('c', 2))
    expect(cleaned.records).toBe(before.length - after.length)
    expect(cleaned.records).toBeGreaterThan(100)
    expect(newestOf(after)).toEqual(newestOf(before))
    const kept = new Set(before.map(record => JSON.stringify(record)))
    expect(after.every(record => kept.has(JSON.stringify(record)))).toBe(true)
    expect(await log.ranges('c')).toMatchObject([{ first: 0 }, { first: 0 }])
  })

  test('is repeatable and leaves ends, newest records and further appends as they were', async () => {
    for (let i = 0; i < 100; i++) await put('c', `k${i % 3}`, `v${i}`)
    const [ranges, newest] = [await log.ranges('c'), await log.newest('c')]
    await log.compact('c')
    expect((await log.compact('c')).records).toBe(0)
    expect([await log.ranges('c'), await log.newest('c')]).toEqual([ranges, newest])
    await put('c', 'k0', 'last')
    expect(newestOf(await readAll(log, from('c', 2))).get('k0')).toBe('last')
  })

  test('leaves a topic alone that is not compacted, and records without a key', async () => {
    for (let i = 0; i < 50; i++) await put('plain', 'same', `v${i}`)
    expect((await log.compact('plain')).records).toBe(0)
    for (let i = 0; i < 50; i++) await put('c', null, `v${i}`)
    expect((await log.compact('c')).records).toBe(0)
  })

  test('goes on under readers, wherever they are, and they still reach the end', async () => {
    for (let i = 0; i < 300; i++) await put('c', `k${i % 11}`, `v${i}`)
    const expected = newestOf(await readAll(log, from('c', 2)))
    for (const delivered of [0, 1, 50, 150, 299]) {
      const reader = await log.reader(from('c', 2), { maxRecords: 1, maxBytes: 4_096 })
      const seen: LogRecord[] = []
      while (seen.length < delivered && !(await reader.caughtUp())) seen.push(...(await reader.read(1_000)))
      await log.compact('c')
      seen.push(...(await readToEnd(reader)))
      expect(newestOf(seen)).toEqual(expected)
      for (const { partition, end } of await log.ranges('c')) expect(reader.position('c', partition)).toBe(end)
      await reader.close()
    }
  })

  test('of any history holds exactly what the newest record of each key says', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(5), fc.option(fc.string({ maxLength: 60 })), fc.boolean()), { maxLength: 60 }),
        async steps => {
          const topic = `h${Math.random().toString(36).slice(2)}`
          await log.ensureTopics([{ name: topic, partitions: 2, compacted: true }])
          const expected = new Map<string, string | null>()
          for (const [key, value, compact] of steps) {
            await put(topic, `k${key}`, value)
            expected.set(`k${key}`, value)
            if (compact) await log.compact(topic)
          }
          expect(newestOf(await readAll(log, from(topic, 2)))).toEqual(expected)
        },
      ),
      { numRuns: 15 },
    )
  })
})

describe('retention', () => {
  test('drops whole old segments, and an offset that went is an error, for old readers as for new', async () => {
    for (let i = 0; i < 100; i++) await put('plain', 'k', `v${i}`, i)
    const before = segments('plain')
    const behind = await log.reader(from('plain', 1), { maxRecords: 1, maxBytes: 4_096 })
    await behind.read(1_000)
    const cleaned = await log.retain('plain', 50)
    const [range] = await log.ranges('plain')
    expect(segments('plain')).toBeLessThan(before)
    expect(range!.first).toBe(cleaned.records)
    expect(range!.first).toBeLessThanOrEqual(50)
    expect(range!.end).toBe(100)
    const rest = await readAll(log, [{ topic: 'plain', partition: 0, offset: range!.first }])
    expect(rest.map(({ timestamp }) => timestamp)).toEqual(
      Array.from({ length: 100 - range!.first }, (_, i) => i + range!.first),
    )
    await expect(log.reader(from('plain', 1))).rejects.toMatchObject({ code: 'OFFSET_OUT_OF_RANGE' })
    await expect(readToEnd(behind)).rejects.toMatchObject({
      code: 'OFFSET_OUT_OF_RANGE',
      message: expect.stringMatching(`^Up to \\d+ records of plain/0 .* begins at ${range!.first}`),
    })
    expect((await log.newest('plain'))[0]!.timestamp).toBe(99)
  })

  test('keeps the newest segment, however old', async () => {
    for (let i = 0; i < 100; i++) await put('plain', 'k', `v${i}`, i)
    await log.retain('plain', 1_000_000)
    expect(segments('plain')).toBe(1)
    await put('plain', 'k', 'next', 100)
    expect((await log.ranges('plain'))[0]!.end).toBe(101)
  })
})
