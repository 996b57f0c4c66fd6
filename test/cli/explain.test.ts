import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { recstream } from './run-cli.ts'

const data = mkdtempSync(join(tmpdir(), 'recstream-explain-'))
afterAll(() => rmSync(data, { recursive: true, force: true }))
const explain = (...args: string[]) => recstream(['explain', ...args, '--data', data, '--backend', 'wasm'])
let user: string

beforeAll(async () => {
  const source = 'events=2000,users=40,items=50'
  const start = ['start', 'generated', '--source', source, '--until-idle', '--backend', 'wasm', '--data', data]
  expect((await recstream(start)).code).toBe(0)
  const query = 'select user_id from recommendations group by user_id order by count(*) desc, user_id limit 1'
  const { stdout } = await recstream(['sql', query, '--json', '--data', data])
  user = (JSON.parse(stdout) as [{ user_id: string }])[0].user_id
})

test('says of each item what its expectation is made of and what ranked it, as the list was made', async () => {
  const { stdout, code } = await explain(user, '--items', '2')
  expect(code).toBe(0)
  expect(stdout).toMatch(/events? learned from; list made by (\S+) at version \d+, explained as it was made/)
  expect(stdout.match(/\S+ expected \d\.\d\d ± \d\.\d\d when the list was made/g)).toHaveLength(2)
  expect(stdout.match(/ranked by /g)).toHaveLength(2)
})

test('the order is that of the list: places rise but where chance put an item', async () => {
  const { stdout } = await explain(user, '--items', '10', '--json')
  const told = JSON.parse(stdout) as {
    exact: boolean
    items: { place: number; explored: boolean; score: number; expected: number; parts: unknown[] }[]
  }
  expect(told.exact).toBe(true)
  const places = told.items.filter(({ explored }) => !explored).map(({ place }) => place)
  expect(places.length).toBeGreaterThan(0)
  expect(places).toEqual(places.toSorted((a, b) => a - b))
  for (const { expected, score, parts } of told.items) {
    expect(expected).toBeCloseTo(score, 12)
    expect(parts).toHaveLength(6)
  }
})

test('a user without a list is told in one sentence', async () => {
  expect(await explain("o'nobody")).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^error\[CONFIG_INVALID\]: There is no list for the user "o'nobody"; .*\n$/),
  })
})
