import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { offPolicyMacros } from '../../src/warehouse/off-policy-macros.ts'
import { showTyped } from '../../src/warehouse/sql/typed-columns.ts'
import { landChoices } from '../warehouse/choices.ts'
import { temporaryFolder } from '../warehouse/fixtures.ts'
import { blocksOf, pages, proseOf, readPage } from './markdown.ts'

const folder = temporaryFolder()
let database: DuckDBInstance
beforeAll(async () => {
  const warehouse = await folder.open()
  const alternatives = { 'ddpg-la': { propensity: 0.5, itemId: 'film' } }
  await landChoices(
    warehouse,
    ['ann', 'bob', 'cid'].map(userId => ({
      ...{ userId, itemId: 'film', arm: 'myopic', propensity: 0.5, reward: 0.5, alternatives },
      time: Date.UTC(2026, 0, 15),
    })),
  )
  const snapshot = await warehouse.snapshot()
  await warehouse.close()
  database = await DuckDBInstance.create(snapshot, { access_mode: 'READ_ONLY' })
})
afterAll(() => {
  database?.closeSync()
  folder.remove()
})

const inBlocks = blocksOf('sql').flatMap(({ page, text }) => text.split(';').map(sql => [page, sql.trim()] as const))
const inCommands = [
  ...blocksOf('sh').map(({ page, text }) => [page, text] as const),
  ...pages.map(page => [page, proseOf(page)] as const),
].flatMap(([page, text]) =>
  [...text.matchAll(/recstream sql (?:-p \S+ )?"([^"]+)"/g)].map(([, sql]) => [page, sql!] as const),
)
const queries = [...inBlocks, ...inCommands].filter(([, sql]) => sql !== '' && !sql.includes('<query>'))

test.each(queries)('%s: %s', async (_, sql) => {
  const connection = await database.connect()
  await showTyped(connection)
  const reader = await connection.runAndReadAll(sql)
  expect(reader.columnCount).toBeGreaterThan(0)
  connection.closeSync()
})

test('the page of off-policy evaluation names every macro', () => {
  const page = readPage('docs/guide/off-policy.md')
  for (const { name } of offPolicyMacros) expect(page).toMatch(new RegExp(`\\b${name}\\b`))
})
