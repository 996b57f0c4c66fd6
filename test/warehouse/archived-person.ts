import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { expect } from 'vitest'
import { kept, noRows, temporaryFolder } from './fixtures.ts'
import { runUntilKilled } from './killed-child.ts'

const hour = 3_600_000
const people = ['person-ann', 'user-bob', 'person-ann', 'user-cleo']
/** Ann, and others between, an hour apart; the first hundred are Ann's alone. */
const rows = kept(
  Array.from({ length: 900 }, (_, k) => ({
    userId: k < 100 ? 'person-ann' : people[k % 4]!,
    time: (k + 1) * hour,
    generation: Math.ceil((k + 1) / 100),
  })),
)
export const ann = { userIds: ['person-ann'], deadLetters: [], upTo: 900, commandId: 'of-ann', commandsBefore: 0 }

/** A warehouse with two archive files: one of Ann alone, one of everybody. */
export async function openArchived() {
  const folder = temporaryFolder()
  let warehouse = await folder.open()
  await warehouse.commit({ ...noRows, events: rows })
  await warehouse.retire(50 * hour, 900)
  await warehouse.retire(400 * hour, 900)
  expect(readdirSync(folder.paths.archive)).toHaveLength(2)

  return {
    get warehouse() {
      return warehouse
    },
    /** Forget Ann, and die on the way. */
    async dieAt(failpoint: string): Promise<void> {
      await warehouse.close()
      const failpoints = join(folder.root, 'failpoints')
      mkdirSync(failpoints)
      writeFileSync(join(failpoints, failpoint), '')
      await runUntilKilled('./forget-child.mjs', [JSON.stringify(folder.paths), JSON.stringify(ann)], failpoints)
      warehouse = await folder.open()
    },
    /** Leave a file such as DuckDB lays out beside a warehouse when memory is short; its folder. */
    async leftSpills(content: string): Promise<string> {
      await warehouse.close()
      const spills = `${folder.paths.file}.tmp`
      mkdirSync(spills)
      writeFileSync(join(spills, 'duckdb_temp_storage_DEFAULT-0.tmp'), content)
      warehouse = await folder.open()
      return spills
    },
    /** Nothing of Ann is in any file, and everybody else has all of their rows, each once. */
    async expectOnlyOthers(): Promise<void> {
      const table = (await warehouse.events(0, 10_000)).map(({ sequence, userId }) => ({ sequence, userId }))
      const connection = await (await DuckDBInstance.create(':memory:')).connect()
      const files = join(folder.paths.archive, '*.parquet')
      const reader = await connection.runAndReadAll(`SELECT sequence, user_id FROM read_parquet('${files}')`)
      const archive = reader.getRows().map(([sequence, userId]) => ({ sequence: Number(sequence), userId }))
      const others = rows.filter(({ userId }) => userId !== 'person-ann')
      expect([...archive, ...table].toSorted((a, b) => a.sequence - b.sequence)).toEqual(
        others.map(({ sequence, userId }) => ({ sequence, userId })),
      )
      expect(readdirSync(folder.paths.archive)).toHaveLength(1)
      expect((await warehouse.newest()).sequence).toBe(900)
      const found = readdirSync(folder.root, { recursive: true, withFileTypes: true })
        .filter(entry => entry.isFile())
        .map(entry => join(entry.parentPath, entry.name))
        .filter(file => readFileSync(file).includes('person-ann'))
      expect(found).toEqual([])
    },
    async close(): Promise<void> {
      await warehouse.close()
      folder.remove()
    },
  }
}
