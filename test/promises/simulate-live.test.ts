import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { describeKafka } from '../kafka/brokers.ts'
import { lastLine, recstream } from './command.ts'
import { differences } from './contents.ts'
import { live, livedBy, livedOnce, name } from './lived.ts'
import { ownPipeline } from './own-pipeline.ts'
import { inFolder } from './twins.ts'

interface Report {
  arms: { arm: string; completeUsers: number; rewardPerUserDay: { estimate: number } }[]
}

const undisturbed = livedOnce()

// What comes to the same with the same seed on Kafka is not run undisturbed once more; kills and Ctrl-C are in the battery.
describe('people who use a pipeline over its topics', () => {
  test('leave events that answer lists, each the newest of its user, in arms of the command line', () => {
    expect(undisturbed.first.said.steps).toBeGreaterThanOrEqual(480)
    expect(undisturbed.first.said.arms.map(({ arm }) => arm)).toEqual(['ddpg-la', 'myopic'])
    expect(undisturbed.first.contents['table events']).toHaveLength(undisturbed.first.said.steps)
    expect(undisturbed.first.contents['table dead_letters']).toEqual([])
  })

  test('are counted in the warehouse as the simulator counts them', async () => {
    const data = join(undisturbed.folder, 'first')
    const args = [
      'arms',
      '-p',
      ownPipeline(undisturbed.folder, name, 'simulated'),
      '--data',
      data,
      '--days',
      '1',
      '--json',
    ]
    const report = lastLine<Report>(await recstream(args).ended)
    expect(undisturbed.first.said.arms.reduce((sum, arm) => sum + arm.people, 0)).toBeGreaterThanOrEqual(6)
    for (const { arm, people, rewardPerUserDay } of undisturbed.first.said.arms) {
      const reported = report.arms.find(each => each.arm === arm)!
      expect(reported.completeUsers).toBe(people)
      expect(reported.rewardPerUserDay.estimate).toBeCloseTo(rewardPerUserDay.mean, 9)
    }
  })

  test('other people under the same seed are refused, and a pipeline that is not there is missed', () =>
    inFolder(async () => {
      const data = join(undisturbed.folder, 'first')
      const other = await recstream(live(undisturbed.folder, data, ['--people', '7'])).ended
      expect([other.code, other.stderr]).toEqual([1, expect.stringMatching(/hold what other people did under seed 1/)])
      const unknown = await recstream(live(undisturbed.folder, data, ['--arms', 'oracle=1'])).ended
      expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringMatching(/no arm or policy "oracle"/)])
    }))
})

describeKafka('people who use a pipeline over Kafka', broker => {
  test('do the same, and get the same lists, as on the embedded log', () =>
    inFolder(async data => {
      const { brokers } = broker()
      const ended = await recstream(live(undisturbed.folder, data, ['--brokers', brokers.join(',')])).ended
      const lived = await livedBy(ended, data, brokers)
      expect(lived.said).toEqual(undisturbed.first.said)
      expect(differences(undisturbed.first.contents, lived.contents)).toEqual([])
    }))
})
