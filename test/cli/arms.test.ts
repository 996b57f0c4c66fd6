import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { seededRandom } from '../../src/model/random.ts'
import { layoutOf } from '../../src/pipeline/layout.ts'
import { openWarehouse } from '../../src/warehouse/duckdb-warehouse.ts'
import { event, noRows } from '../warehouse/fixtures.ts'
import { recstream } from './run-cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'recstream-arms-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const day = 86_400_000
const start = 1_700_000_000_000

/** Users of arms by turns, a list each and then rewards around what the arm brings; the last event is twenty days on. */
async function made(data: string, gains: Record<string, number>, users: number): Promise<void> {
  const random = seededRandom(5, 'arms')
  const arms = Object.keys(gains)
  const layout = layoutOf(data, 'shop')
  const warehouse = await openWarehouse({ ...layout, file: layout.warehouse })
  const rows = Array.from({ length: users }, (_, k) => ({ userId: `u${k}`, arm: arms[k % arms.length]!, k }))
  await warehouse.commit({
    ...noRows,
    recommendations: rows.map(({ userId, arm, k }) => ({
      ...{ recommendationId: `shop-${k}`, userId, time: start + k, sequence: k + 1, partition: 0, offset: k },
      ...{ modelVersion: 0, policy: `policy of ${arm}`, arm },
      items: [{ itemId: 'x', score: 0.5, propensity: 1, reason: '' }],
    })),
    events: [
      ...rows.map(({ userId, arm, k }) =>
        event(k + 1, { userId, time: start + k + day, reward: gains[arm]! + 0.2 * random.uniform() }),
      ),
      event(users + 1, { userId: 'last', time: start + 20 * day }),
    ],
  })
  await warehouse.close()
}

const clear = join(folder, 'clear')
const early = join(folder, 'early')
const alone = join(folder, 'alone')

beforeAll(async () => {
  await made(clear, { myopic: 0.3, 'ddpg-la': 0.5, old: 0.3 }, 1200)
  await made(early, { myopic: 0.3, 'ddpg-la': 0.5 }, 60)
  await made(alone, { all: 0.3 }, 10)
})

const arms = (data: string, ...args: string[]) => recstream(['arms', ...args, '--data', data])

test('says who is ahead, by how much, and that looking did no harm', async () => {
  const { code, stdout } = await arms(clear, '--days', '10')
  expect(code).toBe(0)
  expect(stdout).toMatch(
    /^arm +policy +share +users +of 10 days +reward a day +interval +against ddpg-la +interval +p$/m,
  )
  expect(stdout).toMatch(
    /^myopic +policy of myopic +– +400 +400 +0\.0400 +0\.0\d+ … 0\.04\d+ +-0\.0197 +-0\.02\d+ … -0\.018\d +<\.0001$/m,
  )
  expect(stdout).toMatch(/^ddpg-la is ahead of myopic by 0\.0197 a user-day \(\+49%\)\.$/m)
  expect(stdout).toMatch(/^Looking early does no harm: .* at most 5% .*$/m)
})

test('the same as JSON, against a control', async () => {
  const { stdout } = await arms(clear, 'report', '--days', '10', '--control', 'myopic', '--json')
  const report = JSON.parse(stdout)
  expect(report).toMatchObject({ pipeline: 'shop', days: 10, alpha: 0.05, reference: 'myopic' })
  const byName = Object.fromEntries(report.arms.map((each: { arm: string }) => [each.arm, each]))
  expect(byName['myopic']).toMatchObject({ users: 400, completeUsers: 400, movedUsers: 0, difference: null })
  const { rewardPerUserDay, difference } = byName['ddpg-la']
  expect(rewardPerUserDay.estimate).toBeCloseTo(0.06, 2)
  expect(rewardPerUserDay.low).toBeLessThan(rewardPerUserDay.estimate)
  expect(difference).toMatchObject({ to: 'myopic', usersToDecide: 0 })
  expect(difference.low).toBeGreaterThan(0)
  expect(byName['old'].difference.p).toBeGreaterThan(0.05)
  expect(report.verdict).toContainEqual(expect.stringMatching(/^Nothing can be said yet of old and myopic; .*/))
})

test('before enough users have had their days it says so', async () => {
  const { stdout } = await arms(early, '--days', '10')
  expect(stdout).toMatch(
    /^It is too early to compare: 50 users of each arm .* 10 days; so far 30 of ddpg-la, 30 of myopic\.$/m,
  )
  expect((await arms(clear, '--days', '30')).stdout).toContain('so far 0 of ddpg-la, 0 of myopic, 0 of old.')
})

test('a definition gives shares and days', async () => {
  const file = join(folder, 'shop.mjs')
  const src = new URL('../../dist/src/pipeline/define-pipeline.js', import.meta.url).href
  writeFileSync(
    file,
    `import { definePipeline } from '${src}'
     export default definePipeline({ name: 'shop', behaviours: ['view'], scale: { kind: 'watch', positiveFrom: 0.5 }, reward: () => 0,
       guard: { days: 12 }, arms: [{ name: 'myopic', policy: 'myopic', share: 1 }, { name: 'ddpg-la', policy: 'ddpg-la', share: 3 }] })`,
  )
  const report = JSON.parse((await arms(clear, file, '--json')).stdout)
  expect(report.days).toBe(12)
  expect(report.arms.map(({ arm, share }: { arm: string; share: number }) => [arm, share])).toEqual([
    ['ddpg-la', 0.75],
    ['myopic', 0.25],
    ['old', null],
  ])
})

test.each<[string, () => Promise<{ code: number | null; stderr: string }>, RegExp]>([
  [
    'an arm that is none',
    () => arms(clear, '--control', 'best'),
    /There is no arm "best"; give one of ddpg-la, myopic, old with --control/,
  ],
  [
    'one arm only',
    () => arms(alone),
    /shop has one arm, all, so there is nothing to compare; name others in its definition/,
  ],
  ['no list since then', () => arms(clear, '--since', '2030-01-01'), /shop has made no list since 2030-01-01T00:00:00/],
  ['no warehouse', () => arms(clear, 'bakery'), /There is no warehouse in .*bakery yet; start the pipeline first/],
  ['a day that is none', () => arms(clear, '--days', '0'), /It must be a number of days from 0.001 to 3,650/],
  ['a time that is none', () => arms(clear, '--since', 'monday'), /It must be a time such as 2026-01-31/],
])('%s: an error of one sentence', async (_, run, sentence) => {
  const { code, stderr } = await run()
  expect(code).toBe(1)
  expect(stderr).toMatch(/^error\[[A-Z_]+\]: [^\n]*\n$/)
  expect(stderr).toMatch(sentence)
})
