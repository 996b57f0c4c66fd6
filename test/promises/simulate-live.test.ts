import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { topicsOf } from '../../src/records/topics.ts'
import { layoutOf } from '../../src/run/layout.ts'
import { openLog } from '../../src/run/open-log.ts'
import { describeKafka } from '../kafka/brokers.ts'
import { type Ended, lastLine, recstream, root, until } from './command.ts'
import { type Contents, differences, tablesOf, topicsOfRun, withoutOffsets } from './contents.ts'
import { disturbedRun } from './disturb.ts'
import { ownPipeline } from './own-pipeline.ts'
import { seeded } from './random.ts'
import { inFolder } from './twins.ts'

interface Result {
  pipeline: string
  steps: number
  days: number
  stepsPerSecond: number
  oracle: { rewardPerUserDay: number }
  arms: { arm: string; policy: string; people: number; rewardPerUserDay: { mean: number; standardError: number } }[]
}
interface Report {
  arms: { arm: string; completeUsers: number; rewardPerUserDay: { estimate: number } }[]
}

const name = 'lived'
const people = ['--people', '8', '--stay', '1', '--steps', '480', '--backend', 'wasm']
const arms = ['--arms', 'myopic=0.5,ddpg-la=0.5', '--set', 'guard.enabled=no']
let folder: string
let first: Lived

interface Lived {
  /** What the simulator says at the end, but for how fast it was. */
  said: Omit<Result, 'stepsPerSecond'>
  contents: Contents
}

const live = (data: string, more: readonly string[] = []) => [
  ...['simulate', 'live', ownPipeline(folder, name, 'simulated'), '--data', data, '--json'],
  ...[...people, ...arms, ...more],
]

/** What a run that has ended said, and all that it left; without offsets, which differ between logs and where one was killed. */
async function livedBy(ended: Ended, data: string, brokers?: string[]): Promise<Lived> {
  const { stepsPerSecond: _, ...said } = lastLine<Result>(ended)
  const log = await openLog(brokers === undefined ? {} : { brokers }, layoutOf(data, name))
  const tables = await tablesOf(data, name)
  const contents = withoutOffsets({ ...tables.contents, ...(await topicsOfRun(log, name)) }, tables.columns)
  await log.close()
  // Killed before an event came, the simulator tells of its items again: what is said twice is known once.
  const told = 'changes on interest-sequences'
  return { said, contents: { ...contents, [told]: toldOnce(contents[told]!) } }
}

/** Changes without those that change nothing, and without their numbers, which count these too. */
function toldOnce(changes: readonly string[]): string[] {
  const known = new Map<string, string>()
  return changes.flatMap(line => {
    const [, { number: _, ...change }] = JSON.parse(line) as [number, { number: number; kind: string; id: string }]
    const text = JSON.stringify(change)
    if (known.get(`${change.kind} ${change.id}`) === text) return []
    known.set(`${change.kind} ${change.id}`, text)
    return [text]
  })
}

/** Events on the topic of a run that may not have begun yet. */
async function eventsIn(data: string): Promise<number> {
  const log = await openLog({}, layoutOf(data, name))
  try {
    const ranges = await log.ranges(topicsOf(name).behaviourEvents)
    return ranges.reduce((sum, { first, end }) => sum + end - first, 0)
  } catch {
    return 0
  } finally {
    await log.close()
  }
}

beforeAll(async () => {
  folder = mkdtempSync(join(root, '.lived-'))
  const data = join(folder, 'first')
  first = await livedBy(await recstream(live(data)).ended, data)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

// What comes to the same with the same seed after kills, after Ctrl-C and on Kafka is not run undisturbed once more.
describe('people who use a pipeline over its topics', () => {
  test('leave events that answer lists, each the newest of its user, in arms of the command line', () => {
    expect(first.said.steps).toBeGreaterThanOrEqual(480)
    expect(first.said.arms.map(({ arm }) => arm)).toEqual(['ddpg-la', 'myopic'])
    expect(first.contents['table events']).toHaveLength(first.said.steps)
    expect(first.contents['table dead_letters']).toEqual([])
  })

  test('are counted in the warehouse as the simulator counts them', async () => {
    const data = join(folder, 'first')
    const args = ['arms', '-p', ownPipeline(folder, name, 'simulated'), '--data', data, '--days', '1', '--json']
    const report = lastLine<Report>(await recstream(args).ended)
    expect(first.said.arms.reduce((sum, arm) => sum + arm.people, 0)).toBeGreaterThanOrEqual(6)
    for (const { arm, people, rewardPerUserDay } of first.said.arms) {
      const reported = report.arms.find(each => each.arm === arm)!
      expect(reported.completeUsers).toBe(people)
      expect(reported.rewardPerUserDay.estimate).toBeCloseTo(rewardPerUserDay.mean, 9)
    }
  })

  test('go on where they were when simulator, ingest and learner are killed, and leave what they would have left', () =>
    inFolder(async data => {
      const kills = ['supervisor', 'learn', 'supervisor', 'ingest']
      const how = { kills, between: [1_000, 2_500], failpoints: [], random: seeded(1) } as const
      const { ended } = await disturbedRun(live(data), how)
      const again = await livedBy(ended, data)
      expect(again.said).toEqual(first.said)
      expect(differences(first.contents, again.contents)).toEqual([])
    }))

  test('stop between two rounds at Ctrl-C, and go on when the same command is given again', () =>
    inFolder(async data => {
      for (const events of [1, 120]) {
        const begun = recstream(live(data))
        await until(`${events} events`, async () => (await eventsIn(data)) >= events)
        begun.child.kill('SIGINT')
        const stopped = await begun.ended
        expect([stopped.code, stopped.stdout]).toEqual([130, ''])
        expect(stopped.stderr).toMatch(/the same command goes on from here/i)
      }
      const again = await livedBy(await recstream(live(data)).ended, data)
      expect(again.said).toEqual(first.said)
      expect(differences(first.contents, again.contents)).toEqual([])
    }))

  test('other people under the same seed are refused, and a pipeline that is not there is missed', () =>
    inFolder(async () => {
      const data = join(folder, 'first')
      const other = await recstream(live(data, ['--people', '7'])).ended
      expect([other.code, other.stderr]).toEqual([1, expect.stringMatching(/hold what other people did under seed 1/)])
      const unknown = await recstream(live(data, ['--arms', 'oracle=1'])).ended
      expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringMatching(/no arm or policy "oracle"/)])
    }))
})

test.each(['ecommerce', 'livestream'])('%s has them as its users too', pipeline =>
  inFolder(async data => {
    const args = ['simulate', 'live', pipeline, '--data', data, '--json', ...people.slice(0, 4), '--steps', '40']
    const result = lastLine<Result>(await recstream([...args, '--backend', 'wasm']).ended)
    expect(result).toMatchObject({ pipeline })
    expect(result.steps).toBeGreaterThanOrEqual(40)
    const { contents: tables } = await tablesOf(data, pipeline)
    expect(tables['table events']).toHaveLength(result.steps)
    expect(tables['table dead_letters']).toEqual([])
  }),
)

describeKafka('people who use a pipeline over Kafka', broker => {
  test('do the same, and get the same lists, as on the embedded log', () =>
    inFolder(async data => {
      const { brokers } = broker()
      const ended = await recstream(live(data, ['--brokers', brokers.join(',')])).ended
      const lived = await livedBy(ended, data, brokers)
      expect(lived.said).toEqual(first.said)
      expect(differences(first.contents, lived.contents)).toEqual([])
    }))
})
