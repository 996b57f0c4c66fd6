import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { layoutOf, layoutOfPart } from '../../src/run/layout.ts'
import { sharedSnapshots, shareSnapshots } from '../../src/run/shared-snapshots.ts'
import { runQuery } from '../../src/warehouse/sql/run-query.ts'
import { event, noRows } from '../warehouse/fixtures.ts'
import { copyWith, twins } from '../warehouse/parts.ts'

let root: string
let folder: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'recstream-'))
  folder = join(root, 'shared')
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const made = twins(5, { rows: 90, of: 3 })

/** A host with some parts of three. */
async function host(name: string, ...parts: number[]) {
  const layout = layoutOf(join(root, name), 'shop')
  for (const part of parts) {
    const batch = part === 0 ? { ...made.parts[0]!, order: made.order } : made.parts[part]!
    await copyWith(dirname(layoutOfPart(layout, { part, of: 3 }).warehouse), batch)
  }
  return layout
}

test('what several hosts have written is asked as one', async () => {
  await shareSnapshots(await host('a', 0, 2), { name: 'shop', folder })
  const some = sharedSnapshots(folder, undefined)
  expect([some.name, some.lacking]).toEqual([
    'shop',
    `The tables of part 1 of 3 are not in ${folder}: their rows are missing from every answer.`,
  ])
  await shareSnapshots(await host('b', 1), { name: 'shop', folder })
  const { snapshot, lacking } = sharedSnapshots(folder, 'shop')
  expect(lacking).toBeNull()
  const { rows } = await runQuery({ snapshot, sql: 'SELECT sequence, item_id FROM events ORDER BY sequence' })
  expect(rows).toEqual(made.one.events.map(({ sequence, itemId }) => [sequence, itemId]))
})

test('the newest of each part is asked, and the oldest of them says how old an answer is', async () => {
  const layout = await host('a', 0, 1, 2)
  const { asOf } = await shareSnapshots(layout, { name: 'shop', folder })
  writeFileSync(join(folder, `shop-1-of-3-${asOf - 10}.duckdb`), 'an older one')
  writeFileSync(join(folder, `shop-1-of-3-${asOf - 20}.duckdb`), 'and one before it')
  writeFileSync(join(folder, `other-0-of-1-${asOf}.duckdb`), 'that of another pipeline')
  const shared = sharedSnapshots(folder, 'shop')
  expect([shared.asOf, shared.lacking]).toEqual([asOf, null])
  expect(shared.snapshot).toMatchObject(
    [0, 1, 2].map(part => ({ path: join(folder, `shop-${part}-of-3-${asOf}.duckdb`) })),
  )
  expect(() => sharedSnapshots(folder, undefined)).toThrow('Name one of the pipelines')
  await shareSnapshots(layout, { name: 'shop', folder })
  expect(readdirSync(folder).filter(file => file.startsWith('shop-1-'))).toEqual([
    `shop-1-of-3-${asOf - 10}.duckdb`,
    `shop-1-of-3-${asOf}.duckdb`,
  ])
})

test('a pipeline of one part can be shared, too', async () => {
  const layout = layoutOf(join(root, 'a'), 'shop')
  await copyWith(dirname(layout.warehouse), { ...noRows, events: [event(1)] })
  await shareSnapshots(layout, { name: 'shop', folder })
  const { snapshot } = sharedSnapshots(folder, 'shop')
  expect((await runQuery({ snapshot, sql: 'SELECT sequence FROM events' })).rows).toEqual([[1]])
})

test('where there is nothing yet it is said what writes there', () => {
  expect(() => sharedSnapshots(folder, 'shop')).toThrow(/There are no snapshots of shop in .*--format parts/)
})
