import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Warehouse } from '../../src/records/warehouse.ts'
import { all, type Folder, kept, noRows, temporaryFolder } from './fixtures.ts'
import { runUntilKilled } from './killed-child.ts'

const dayMs = 86_400_000
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

/** Row numbers in the table and in the archive. */
async function whereRowsAre(): Promise<{ table: number[]; archive: number[] }> {
  const table = (await warehouse.events(0, 1_000_000)).map(row => row.sequence)
  if (!existsSync(folder.paths.archive) || readdirSync(folder.paths.archive).length === 0) return { table, archive: [] }
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  const files = join(folder.paths.archive, '*.parquet')
  const reader = await connection.runAndReadAll(`SELECT sequence FROM read_parquet('${files}') ORDER BY sequence`)
  return { table, archive: reader.getRows().map(([sequence]) => Number(sequence)) }
}

const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, k) => from + k)

/** 300 records of one user, an hour apart, a duplicate generation each hundred. */
const hourly = kept(numbers(1, 300).map(k => ({ userId: 'ada', time: k * 3_600_000, generation: Math.ceil(k / 100) })))

describe('what moves', () => {
  test('old events move to Parquet, each exactly once', async () => {
    await warehouse.commit({ ...noRows, events: hourly })
    expect(await warehouse.retire(90 * 3_600_000, 300)).toBe(89)
    expect(await whereRowsAre()).toEqual({ archive: numbers(1, 89), table: numbers(90, 300) })
    expect(await warehouse.retire(90 * 3_600_000, 300)).toBe(0)
    // Of the newest two generations nothing moves, however old.
    expect(await warehouse.retire(299 * 3_600_000, 300)).toBe(11)
    expect(await whereRowsAre()).toEqual({ archive: numbers(1, 100), table: numbers(101, 300) })
  })

  test('what is not published stays', async () => {
    await warehouse.commit({ ...noRows, events: hourly })
    expect(await warehouse.retire(1000 * dayMs, 150)).toBe(86)
    expect((await whereRowsAre()).table).toEqual(numbers(87, 300))
  })

  test.each([
    ['64 records and a day, at the least', {}, 236],
    ['a longer short window', { shortLength: 100 }, 200],
    ['a longer bot window', { botWindowMs: 5 * dayMs }, 179],
  ])('recovery keeps its rows: %s', async (_, options, moved) => {
    await warehouse.close()
    warehouse = await folder.open(options)
    const rows = kept(numbers(1, 300).map(k => ({ userId: 'ada', time: k * 3_600_000, generation: k })))
    await warehouse.commit({ ...noRows, events: rows })
    expect(await warehouse.retire(1000 * dayMs, 300)).toBe(moved)
  })

  test('restored windows, totals and ids are the same as before', async () => {
    const rows = fc.array(fc.record({ userId: fc.constantFrom('ada', 'bob'), hour: fc.nat({ max: 400 }) }), {
      minLength: 250,
      maxLength: 400,
    })
    await fc.assert(
      fc.asyncProperty(rows, fc.nat({ max: 100 }), fc.nat({ max: 400 }), async (hours, unpublished, olderThan) => {
        const own = temporaryFolder()
        const tested = await own.open()
        try {
          const sorted = hours.toSorted((a, b) => Math.floor(a.hour / 40) - Math.floor(b.hour / 40))
          const events = kept(
            sorted.map(({ userId, hour }, k) => ({ userId, time: hour * 3_600_000, generation: k >> 5 })),
          )
          await tested.commit({ ...noRows, events })
          const publishedUpTo = events.length - unpublished
          const state = async () => ({
            newest: await tested.newest(),
            totals: await tested.totals('t'),
            recent: await tested.recentIds(),
            toPublish: await tested.events(publishedUpTo, 1000),
            windows: await Promise.all(
              [publishedUpTo, events.length].map(upTo =>
                all(tested.windows({ upTo, shortLength: 8, botWindowMs: dayMs / 2 })),
              ),
            ),
          })
          const before = await state()
          await tested.retire(olderThan * 3_600_000, publishedUpTo)
          await tested.retire((olderThan + 100) * 3_600_000, publishedUpTo)
          expect(await state()).toEqual(before)
        } finally {
          await tested.close()
          own.remove()
        }
      }),
      { numRuns: 12 },
    )
  })
})

describe('a crash in between', () => {
  test.each(['fsync.before', 'fsync.after', 'rename.before', 'rename.after', 'commit.before', 'commit.after'])(
    'at %s loses no row and doubles none',
    async failpoint => {
      await warehouse.commit({ ...noRows, events: hourly })
      await warehouse.close()
      const failpoints = join(folder.root, 'failpoints')
      mkdirSync(failpoints)
      writeFileSync(join(failpoints, failpoint), '')
      await runUntilKilled('./retire-child.mjs', [JSON.stringify(folder.paths), `${90 * 3_600_000}`, '300'], failpoints)
      warehouse = await folder.open()
      const { table, archive } = await whereRowsAre()
      expect([...archive, ...table].toSorted((a, b) => a - b)).toEqual(numbers(1, 300))
      await warehouse.retire(90 * 3_600_000, 300)
      expect(await whereRowsAre()).toEqual({ archive: numbers(1, 89), table: numbers(90, 300) })
      expect(readdirSync(folder.paths.archive).filter(name => name.endsWith('.partial'))).toEqual([])
    },
  )
})
