import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { WarehouseBatch } from '../../src/records/warehouse.ts'
import { serveControl } from '../../src/run/control.ts'
import { type Layout, layoutOf, layoutOfPart } from '../../src/run/layout.ts'
import { partsWithTables, snapshotOf } from '../../src/run/snapshot-of.ts'
import { runQuery } from '../../src/warehouse/sql/run-query.ts'
import { event, noRows } from '../warehouse/fixtures.ts'
import { copyWith } from '../warehouse/parts.ts'

let data: string
let layout: Layout

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'recstream-'))
  layout = layoutOf(data, 'shop')
})
afterEach(() => rmSync(data, { recursive: true, force: true }))

const partOf = (part: number) => layoutOfPart(layout, { part, of: 3 })

/** Tables of a part that does not run, with one event. */
const leave = (part: number, batch: Partial<WarehouseBatch> = {}) =>
  copyWith(dirname(partOf(part).warehouse), { ...noRows, events: [event(1, { itemId: `of-${part}` })], ...batch })

const itemsOf = async () => {
  const { snapshot, lacking } = await snapshotOf(layout)
  const { rows } = await runQuery({ snapshot, sql: 'SELECT item_id, sequence FROM events ORDER BY item_id' })
  return { rows, lacking }
}

test('a pipeline that never ran has no tables, whether it is of one part or of several', async () => {
  await expect(snapshotOf(layout)).rejects.toMatchObject({ code: 'NOT_RUNNING' })
  expect(partsWithTables(layout)).toEqual([])
})

test('of one part the copy of its file is asked', async () => {
  await copyWith(dirname(layout.warehouse), { ...noRows, events: [event(1)] })
  expect(await snapshotOf(layout)).toMatchObject({
    snapshot: expect.stringMatching(/stopped-.*\.duckdb$/),
    lacking: null,
  })
})

test('of several parts the tables of all are asked, whether they run or not', async () => {
  await leave(0, { order: [{ part: 1, from: 0, to: 1, base: 40, changeFrom: 0, change: 0, changeBase: 0, offset: 0 }] })
  await leave(1)
  const running = await leave(2)
  const control = await serveControl(partOf(2).control, { snapshot: async () => ({ path: running }) })
  try {
    expect(await itemsOf()).toEqual({
      rows: [
        ['of-0', null],
        ['of-1', 41],
        ['of-2', null],
      ],
      lacking: null,
    })
  } finally {
    await control.close()
  }
})

test('which parts are not here is said, and the others are asked', async () => {
  await leave(0)
  await leave(2)
  expect(await itemsOf()).toEqual({
    rows: [
      ['of-0', null],
      ['of-2', null],
    ],
    lacking: `The tables of part 1 of 3 are not in ${layout.root}: their rows are missing from every answer.`,
  })
  rmSync(dirname(dirname(partOf(0).warehouse)), { recursive: true })
  expect((await itemsOf()).lacking).toBe(
    `The tables of parts 0 and 1 of 3 are not in ${layout.root}: their rows are missing from every answer. What the learner says lands in part 0: events have no sequence, and scores, models and commands no rows.`,
  )
})
