import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { decodeBlock } from '../../../../src/codec/block.ts'
import { startBroker } from '../../../../src/log/kafka/broker.ts'
import { openKafkaLog } from '../../../../src/log/kafka/kafka-log.ts'
import type { Log } from '../../../../src/log/log.ts'
import type { PipelineDefinition } from '../../../../src/records/definition.ts'
import { type Topics, topicNames, topicSpecs, topicsOf } from '../../../../src/records/topics.ts'
import { allOf } from '../../../log/fixtures/read.ts'
import { killAll, recstream, until } from '../../../promises/command.ts'
import { differingFromRebuilt } from '../../../promises/judge.ts'
import { ownPipeline } from '../../../promises/own-pipeline.ts'
import { seeded } from '../../../promises/random.ts'
import { type Run, undisturbed } from '../../../promises/twins.ts'
import { sendLive } from '../../cluster/send-live.ts'
import { tallyRun } from '../../cluster/tallies.ts'
import { untilQuiet } from '../../cluster/until-quiet.ts'
import { type Row, repeated, type Trial, type Tried } from '../row.ts'

const perSecond = 100

/** A broker of its own that is killed so many times while events come in, and stays away so long each time, ms. */
function outages(
  name: string,
  number: number,
  { times, awayMs }: { times: number; awayMs: readonly [number, number] },
): Trial {
  return {
    name,
    count: times,
    async run(scene): Promise<Tried> {
      const random = seeded(number)
      const broker = await startBroker({ folder: join(scene.folder, 'kafka') })
      const pipeline = scene.name('outage')
      const module = ownPipeline(scene.folder, pipeline, 'generated', scene.dist)
      const definition = (await import(pathToFileURL(module).href)).default as PipelineDefinition
      const topics = topicsOf(pipeline)
      const run: Run = {
        name: pipeline,
        pipeline: module,
        data: join(scene.folder, 'data'),
        dist: scene.dist,
        brokers: broker.brokers,
      }
      const command = recstream(
        ['start', module, '--no-import', '--data', run.data, '--brokers', broker.brokers.join(',')],
        { dist: scene.dist },
      )
      let log: Log | undefined
      try {
        log = await openKafkaLog({ brokers: broker.brokers })
        await log.ensureTopics(topicSpecs(pipeline, 1))
        await until('it is ready', () => /Ready: /.test(command.said()), 120_000)
        const live = await sendLive({
          brokers: broker.brokers,
          topic: topics.behaviourEvents,
          partitions: 1,
          perSecond,
          random,
        })
        let tried = 0
        for (; tried < times; tried++) {
          await delay(1_000 + random() * 4_000)
          if (command.child.exitCode !== null) break
          broker.kill()
          await delay(awayMs[0] + random() * (awayMs[1] - awayMs[0]))
          const before = live.acknowledged.length
          await broker.restart()
          await until('events are taken again', () => live.acknowledged.length > before, 300_000)
        }
        await live.stop()
        await log.close()
        log = await openKafkaLog({ brokers: broker.brokers })
        await untilEachHasAnOutcome(log, topics).catch(error => {
          const state = command.child.exitCode === null ? 'which lives' : `which ended with ${command.child.exitCode}`
          throw new Error(`${error.message}; the command, ${state}, said: ${command.said().slice(-500)}`)
        })
        await untilQuiet(log, topicNames(pipeline, 1), 10_000)
        const isAlive = command.child.exitCode === null
        command.child.kill('SIGINT')
        const { stderr } = await command.ended
        if (!isAlive) return { tried: times, held: 0, differences: [`it ended: ${stderr.slice(-700)}`] }
        const differences = await lostOrTwice(log, definition, live.acknowledged)
        const whole = await undisturbed(run)
        const again = await undisturbed({ ...run, data: join(scene.folder, 'again') })
        differences.push(...differingFromRebuilt(whole, again))
        return { tried, held: differences.length === 0 ? tried : 0, differences }
      } finally {
        killAll(command)
        await log?.close().catch(() => {})
        await broker.stop()
      }
    },
  }
}

/** Each event is a sequence or a dead letter; by itself, however long a busy machine takes. */
async function untilEachHasAnOutcome(log: Log, topics: Topics): Promise<void> {
  const outcomes = async () => {
    const blocks = await allOf(log, topics.interestSequences)
    const letters = await allOf(log, topics.deadLetters)
    return blocks.reduce((sum, { value }) => sum + decodeBlock(value!).sequence.length, letters.length)
  }
  const events = (await allOf(log, topics.behaviourEvents)).length
  await until('an outcome of each event', async () => (await outcomes()) >= events || delay(2_000, false), 300_000)
}

/** Whether an acknowledged event is missing, or an outcome of one is missing, there twice or another than it should be. */
async function lostOrTwice(
  log: Log,
  definition: PipelineDefinition,
  acknowledged: readonly string[],
): Promise<string[]> {
  const { input, otherLists, outOfOrder, ...tallies } = await tallyRun(log, definition, acknowledged)
  return [
    ...(input.lost > 0 ? [`${input.lost} of ${input.acknowledged} acknowledged events are lost`] : []),
    ...(otherLists > 0 ? [`${otherLists} lists are others`] : []),
    ...(outOfOrder > 0 ? [`${outOfOrder} sequences are out of order`] : []),
    ...Object.entries(tallies).flatMap(([what, tally]) =>
      tally.missing + tally.twice + tally.foreign > 0 ? [`${what}: ${JSON.stringify(tally)}`] : [],
    ),
  ]
}

export const broker: Row = {
  name: 'broker',
  when: 'beside',
  what: 'the broker killed and started again (20), away for 3 minutes (5) and for 10 (1), under 100 events a second',
  wanted: 26,
  slice: ['test/log/kafka/outage.test.ts', 'test/log/kafka/killed.test.ts'],
  needs: 'kafka',
  trials: [
    ...repeated(2, number => outages(`killed ${number}`, number, { times: 10, awayMs: [0, 3_000] })),
    ...repeated(5, number => outages(`away for 3 minutes ${number}`, number, { times: 1, awayMs: [180_000, 180_000] })),
    outages('away for 10 minutes', 1, { times: 1, awayMs: [600_000, 600_000] }),
  ],
}
