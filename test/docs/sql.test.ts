import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { packageRoot } from '../../src/package-root.ts'
import { offPolicyMacros } from '../../src/warehouse/off-policy-macros.ts'
import { runQuery } from '../../src/warehouse/sql/run-query.ts'
import { landChoices } from '../warehouse/choices.ts'
import { temporaryFolder } from '../warehouse/fixtures.ts'

const folder = temporaryFolder()
let snapshot: string
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
  snapshot = await warehouse.snapshot()
  await warehouse.close()
})
afterAll(() => folder.remove())

const queries = ['guide/off-policy.md', 'guide/sql.md', 'operate/messages.md', 'reference/reasons.md'].flatMap(page => {
  const text = readFileSync(join(packageRoot(), 'docs', page), 'utf8')
  const blocks = [...text.matchAll(/```sql\n([\s\S]*?)```/g)].map(match => match[1]!)
  return blocks.flatMap(block =>
    block
      .split(';')
      .map(sql => sql.trim())
      .filter(sql => sql !== '')
      .map(sql => [page, sql] as const),
  )
})

test.each(queries)('%s: %s', async (_, sql) => {
  const { columns } = await runQuery({ snapshot, sql })
  expect(columns.length).toBeGreaterThan(0)
})

test('the page of off-policy evaluation names every macro', () => {
  const page = readFileSync(join(packageRoot(), 'docs', 'guide', 'off-policy.md'), 'utf8')
  for (const { name } of offPolicyMacros) expect(page).toMatch(new RegExp(`\\b${name}\\b`))
})
