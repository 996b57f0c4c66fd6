import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { tableFromIPC } from '@uwdata/flechette'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newestLists } from '../../src/cli/start/newest-lists.ts'
import type { EnrichedEvent } from '../../src/records/warehouse.ts'
import { layoutOf } from '../../src/run/layout.ts'
import { openWarehouse } from '../../src/warehouse/open-warehouse.ts'
import { recstream } from './run-cli.ts'

const data = mkdtempSync(join(tmpdir(), 'recstream-sql-'))
const layout = layoutOf(data, 'shop')
afterAll(() => rmSync(data, { recursive: true, force: true }))

const event = (sequence: number): EnrichedEvent => ({
  sequence,
  partition: 0,
  offset: sequence - 1,
  eventId: `e${sequence}`,
  userId: 'ada',
  itemId: `i${sequence}`,
  behaviour: 'buy',
  time: 1_700_000_000_000 + sequence,
  value: null,
  properties: null,
  recommendationId: null,
  reward: sequence === 2 ? 1 : 0.5,
  liked: false,
  late: false,
  userKnown: false,
  itemKnown: true,
  userFeatures: '[]',
  itemFeatures: '[]',
  count: sequence,
  generation: 0,
})

const item = (itemId: string, title: string | null, features: string) => {
  return { itemId, title, features, attributes: '{}', timestamp: 0, offset: 0, deleted: false }
}

beforeAll(async () => {
  const warehouse = await openWarehouse({
    file: layout.warehouse,
    snapshots: layout.snapshots,
    archive: layout.archive,
  })
  await warehouse.commit({
    events: [1, 2, 3, 4, 5].map(event),
    deadLetters: [],
    users: [],
    items: [item('i2', 'Second', '[]'), item('i9', null, '["colour=red"]')],
    recommendations: [
      {
        recommendationId: 'shop-5',
        userId: 'ada',
        time: 1_700_000_000_005,
        sequence: 5,
        partition: 0,
        offset: 4,
        modelVersion: 1,
        short: null,
        policy: 'bias',
        arm: 'all',
        items: [
          { itemId: 'i2', score: 0.75, propensity: 1, reason: 'popular now' },
          { itemId: 'i4', score: 0.6, propensity: 1, reason: 'followed i2 12 times' },
          { itemId: 'i9', score: 0.5, propensity: 0.5, reason: 'exploring' },
        ],
      },
    ],
    versions: [],
    commands: [],
    changes: [],
    positions: [],
  })
  await warehouse.close()
})

const sql = (...args: string[]) => recstream(['sql', '--data', data, ...args])

const asOf = 'of event 5 (2023-11-14 22:13:20 UTC), '

test('answers as a table and in other formats, and says as of which event', async () => {
  const query = 'select user_id, count(*) as events from events group by user_id'
  const table = await sql(query)
  expect(table).toMatchObject({ code: 0, stderr: '' })
  expect(table.stdout).toMatch(/│ ada +│ +5 │\n.*\n1 row, as /)
  expect(table.stdout).toMatch(/ as of event 5 \(2023-11-14 22:13:20 UTC\), \d+ s ago\n$/)
  const json = await sql(query, '--json')
  expect(JSON.parse(json.stdout)).toEqual([{ user_id: 'ada', events: 5 }])
  expect(json.stderr).toContain(`As ${asOf}`)
  expect((await sql(query, '--format', 'csv')).stdout).toBe('user_id,events\r\nada,5\n')
  expect((await sql(query, '--format', 'markdown')).stdout).toBe('| user_id | events |\n|---|---:|\n| ada | 5 |\n')
})

test('statements from stdin are answered one after the other, with parameters', async () => {
  const stdin = "select ';' as a; -- and\nselect reward from events where event_id = $id;\nselec; select 3"
  const { code, stdout, stderr } = await recstream(
    ['sql', '--data', data, '--format', 'jsonl', '--param', 'id=e2', '--param', 'other=1'],
    { stdin },
  )
  expect(stdout).toBe('{"a":";"}\n{"reward":1}\n')
  expect([code, stderr]).toEqual([1, expect.stringMatching(/^error\[SQL_INVALID\]: /m)])
})

test('a query from a file goes to a file, whole or not at all, as its ending says', async () => {
  const file = join(data, 'q.sql')
  writeFileSync(file, 'select sequence, reward from events order by all\n')
  const output = join(data, 'answer.arrow')
  expect(await sql('--file', file, '--output', output)).toMatchObject({ code: 0, stdout: '' })
  expect(tableFromIPC(readFileSync(output)).toArray()[1]).toEqual({ sequence: 2, reward: 1 })
  const refused = await sql('from read_text($file)', '--param', `file=${file}`, '--output', join(data, 'no.parquet'))
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('error[SQL_FORBIDDEN]')])
  expect(readdirSync(data).filter(name => name.startsWith('no.'))).toEqual([])
  expect((await sql('--file', join(data, 'none.sql'))).stderr).toContain('error[SOURCE_MISSING]')
})

test('Parquet goes to stdout', async () => {
  const { stdout } = await sql('from events', '--format', 'parquet')
  expect([stdout.slice(0, 4), stdout.slice(-4)]).toEqual(['PAR1', 'PAR1'])
})

test('two columns are plotted', async () => {
  const { stdout } = await sql('select sequence, reward from events', '--plot', 'sequence', 'reward')
  expect(stdout).toMatch(/^reward by sequence\n {3}1 ┤ +•\n/)
  expect(stdout).toMatch(/\n {5}└─+\n {6}1 +3 +5\n$/)
  expect((await sql('select 1 as a', '--plot', 'a', 'b')).stderr).toContain(
    'There is no column b to plot; there are a.',
  )
})

test('without a query it lists the tables, what their columns mean, and the macros', async () => {
  const { stdout } = await sql()
  for (const name of ['events', 'users', 'items', 'sequences', 'recommendations', 'models', 'scores', 'offsets']) {
    expect(stdout).toMatch(new RegExp(`^${name}: .+`, 'm'))
  }
  expect(stdout).toMatch(/ {2}reward +DOUBLE +What the event is worth/)
  expect(stdout).toMatch(/^off_policy\(arm, since, until, unanswered\): .+/m)
  expect(stdout).toMatch(/^snips\(reward, target, logged\): .+/m)
})

test('macros answer like tables', async () => {
  const query = `select estimator, warning from off_policy('b')`
  expect(JSON.parse((await sql(query, '--json')).stdout)).toContainEqual({
    estimator: 'snips',
    warning: 'there are no rows',
  })
})

test('says when rows were cut off', async () => {
  const { stdout, stderr } = await sql('from events', '--json', '--max-rows', '2')
  expect(JSON.parse(stdout)).toHaveLength(2)
  expect(stderr).toContain('Only the first 2 rows are shown; see --max-rows.\n')
})

test('refuses what is no query or would change something', async () => {
  expect(await sql('selec')).toMatchObject({ code: 1, stderr: expect.stringMatching(/^error\[SQL_INVALID\]: /) })
  expect(await sql('delete from events')).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^error\[SQL_FORBIDDEN\]: /),
  })
})

test('the summary finds the newest lists, with titles where there are', async () => {
  expect(await newestLists(layout, { kind: 'watch', positiveFrom: 0.8 })).toEqual([
    {
      userId: 'ada',
      events: 5,
      liked: ['Second'],
      policy: 'bias',
      items: [
        { rank: 1, name: 'Second', score: 0.75, reason: 'popular now' },
        { rank: 2, name: 'i4', score: 0.6, reason: 'followed Second 12 times' },
        { rank: 3, name: 'i9 (colour=red)', score: 0.5, reason: 'exploring' },
      ],
    },
  ])
})
