import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { describeKafka } from '../kafka/brokers.ts'
import { lastLine, recstream, root } from './command.ts'
import { differences } from './contents.ts'
import { type Lived, live, livedBy, name } from './lived.ts'
import { ownPipeline } from './own-pipeline.ts'
import { inFolder } from './twins.ts'

interface Report {
  arms: { arm: string; completeUsers: number; rewardPerUserDay: { estimate: number } }[]
}

let folder: string
let first: Lived

beforeAll(async () => {
  folder = mkdtempSync(join(root, '.lived-'))
  const data = join(folder, 'first')
  first = await livedBy(await recstream(live(folder, data)).ended, data)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

// What comes to the same with the same seed on Kafka is not run undisturbed once more; kills and Ctrl-C are in the battery.
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

  test('other people under the same seed are refused, and a pipeline that is not there is missed', () =>
    inFolder(async () => {
      const data = join(folder, 'first')
      const other = await recstream(live(folder, data, ['--people', '7'])).ended
      expect([other.code, other.stderr]).toEqual([1, expect.stringMatching(/hold what other people did under seed 1/)])
      const unknown = await recstream(live(folder, data, ['--arms', 'oracle=1'])).ended
      expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringMatching(/no arm or policy "oracle"/)])
    }))
})

describeKafka('people who use a pipeline over Kafka', broker => {
  test('do the same, and get the same lists, as on the embedded log', () =>
    inFolder(async data => {
      const { brokers } = broker()
      const ended = await recstream(live(folder, data, ['--brokers', brokers.join(',')])).ended
      const lived = await livedBy(ended, data, brokers)
      expect(lived.said).toEqual(first.said)
      expect(differences(first.contents, lived.contents)).toEqual([])
    }))
})
