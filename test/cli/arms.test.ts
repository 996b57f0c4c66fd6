import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { decodeCommand } from '../../src/codec/output.ts'
import { openEmbeddedLog } from '../../src/log/embedded/embedded-log.ts'
import { topicSpecs } from '../../src/records/topics.ts'
import { layoutOf } from '../../src/run/layout.ts'
import { seededRandom } from '../../src/state/random.ts'
import { openWarehouse } from '../../src/warehouse/open-warehouse.ts'
import { event, noRows } from '../warehouse/fixtures.ts'
import { type CliResult, recstream } from './run-cli.ts'

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
      ...{ modelVersion: 0, short: null, policy: `policy of ${arm}`, arm },
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

/** A module of the pipeline that the tables were made by. */
function shopModule(name: string): string {
  const file = join(folder, name)
  const define = new URL('../../dist/src/pipeline/define-pipeline.js', import.meta.url).href
  writeFileSync(
    file,
    `import { definePipeline } from '${define}'
     export default definePipeline({ name: 'shop', behaviours: ['view'], scale: { kind: 'watch', positiveFrom: 0.5 },
       reward: () => 0, guard: { days: 12 }, arms: [
         { name: 'myopic', policy: 'myopic', share: 1 }, { name: 'ddpg-la', policy: 'ddpg-la', share: 3 }] })`,
  )
  return file
}

async function withLog(data: string): Promise<void> {
  const log = await openEmbeddedLog({ folder: layoutOf(data, 'shop').log })
  await log.ensureTopics(topicSpecs('shop', 1))
  await log.close()
}

/** The commands on the topic, as they were appended. */
async function commandsIn(data: string) {
  const log = await openEmbeddedLog({ folder: layoutOf(data, 'shop').log })
  const reader = await log.reader([{ topic: 'shop.commands', partition: 0, offset: 0 }])
  const records = await reader.read(1000)
  await reader.close()
  await log.close()
  return records.map(({ value }) => decodeCommand(value!))
}

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
  expect((await arms(early, '--days', '0.5')).stdout).toContain('must have had their 0.5 days; so far')
  expect((await arms(clear, '--days', '30')).stdout).toContain('so far 0 of ddpg-la, 0 of myopic, 0 of old.')
})

test('a definition gives the days, and with the log the shares', async () => {
  const module = shopModule('shop.mjs')
  const shares = (text: string) =>
    JSON.parse(text).arms.map(({ arm, share }: { arm: string; share: number }) => [arm, share])
  const before = (await arms(clear, module, '--json')).stdout
  expect(JSON.parse(before).days).toBe(12)
  expect(shares(before).map(([, share]: [string, number]) => share)).toEqual([null, null, null])
  await withLog(clear)
  expect(shares((await arms(clear, module, '--json')).stdout)).toEqual([
    ['ddpg-la', 0.75],
    ['myopic', 0.25],
    ['old', 0],
  ])
})

test('users who came in other parts than the shares say make it say not to trust the figures', async () => {
  const data = join(folder, 'missing')
  await made(data, { myopic: 0.3, 'ddpg-la': 0.5 }, 400)
  await withLog(data)
  const { stdout } = await arms(data, shopModule('missing.mjs'), '--days', '10')
  expect(stdout).toMatch(
    /^Do not trust this before you know why: users came to arms in other parts than their shares say/m,
  )
})

test('shares, promote and roll-back append commands, say who gets what, and show in the report', async () => {
  const data = join(folder, 'commands')
  await made(data, { myopic: 0.3, 'ddpg-la': 0.5 }, 200)
  await withLog(data)
  const module = shopModule('commanded.mjs')
  const give = (...args: string[]) => arms(data, ...args, '--pipeline', module)
  const empty = await give('roll-back')
  expect(empty.stderr).toMatch(/There is no command to undo; myopic gets 25%, ddpg-la 75% of the users, as it began\./)
  expect((await give('shares', 'myopic=1', 'ddpg-la=4')).stdout).toMatch(
    /^Given: myopic gets 20%, ddpg-la 80% of the users\. The learner takes it in with the next events/,
  )
  const promoted = await give('promote', 'ddpg-la', '--reason', 'ahead by 12%', '--json')
  expect(JSON.parse(promoted.stdout)).toMatchObject({
    pipeline: 'shop',
    shares: { myopic: 0, 'ddpg-la': 1 },
    command: { kind: 'promote', arm: 'ddpg-la', shares: {}, reason: 'ahead by 12%', appliedAt: null },
  })
  expect((await give('roll-back')).stdout).toContain('myopic gets 20%, ddpg-la 80%')
  expect((await commandsIn(data)).map(({ kind, shares, arm }) => ({ kind, shares, arm }))).toEqual([
    { kind: 'shares', shares: { myopic: 1, 'ddpg-la': 4 }, arm: null },
    { kind: 'promote', shares: {}, arm: 'ddpg-la' },
    { kind: 'roll-back', shares: {}, arm: null },
  ])
  const { stdout } = await arms(data, module)
  expect(stdout).toMatch(/^myopic +policy of myopic +20% /m)
  expect(stdout).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d promote ddpg-la \(ahead by 12%\), not taken in yet$/m)
})

test('a command that cannot be is refused before anything is appended', async () => {
  const data = join(folder, 'refused')
  await withLog(data)
  const module = shopModule('refused.mjs')
  const refused = async (...args: string[]) => (await arms(data, ...args)).stderr
  expect(await refused('promote', 'ddpgla', '--pipeline', module)).toMatch(
    /shop has no arm "ddpgla"; did you mean ddpg-la\? Its arms are myopic, ddpg-la\.\n$/,
  )
  expect(await refused('shares', 'myopic=1', '--pipeline', module)).toMatch(
    /Say what every arm gets, 0 where nothing: ddpg-la=… is missing\.\n$/,
  )
  expect(await refused('shares', 'myopic=0', 'ddpg-la=0', '--pipeline', module)).toMatch(/give a share above 0/)
  expect(await refused('shares', 'myopic', '--pipeline', module)).toMatch(
    /an arm and a share from 0, such as ddpg-la=0\.8/,
  )
  expect(await refused('promote', 'myopic')).toMatch(/stands in its definition; give its module with --pipeline/)
  expect(await refused('promote', 'all', '--pipeline', 'generated')).toMatch(/generated has one arm, all; name others/)
  expect(await commandsIn(data)).toEqual([])
})

test.each<[string, () => Promise<CliResult>, RegExp]>([
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
