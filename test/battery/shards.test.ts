import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { openKafkaLog } from '../../src/log/kafka/kafka-log.ts'
import { topicsOf } from '../../src/records/topics.ts'
import { describeKafka } from '../kafka/brokers.ts'
import { type Command, killAll, recstream, until } from '../promises/command.ts'
import { seeded } from '../promises/random.ts'
import { inFolder } from '../promises/twins.ts'
import { sendLive } from './cluster/send-live.ts'
import { makeTopics, partitions, parts, shardedShop } from './shards/sharded-shop.ts'
import { waiting, whatBecame } from './shards/what-became.ts'

const perSecond = Number(process.env['RECSTREAM_PER_SECOND'] ?? 2_000)
/** Between two changes, ms. */
const steadyMs = Number(process.env['RECSTREAM_STEADY_MS'] ?? 20_000)

describeKafka('the number of shards changes while events come in', broker => {
  test('from two to four to three: nothing is lost, doubled, or out of a user’s order', () =>
    inFolder(async folder => {
      const name = `resharded-${randomUUID().slice(0, 8)}`
      const { module } = await shardedShop(folder, name)
      const { brokers } = broker()
      const log = await openKafkaLog({ brokers })
      await makeTopics(log, name)
      const running: Command[] = []
      const start = (...args: string[]) => {
        const common = ['--brokers', brokers.join(','), '--data', join(folder, 'data')]
        const command = recstream(['start', module, ...args, ...common])
        running.push(command)
        return command
      }
      const isReady = (command: Command) => until('ready', () => command.said().includes('Ready:'), 120_000)
      const stop = async (command: Command) => {
        command.child.kill('SIGINT')
        const { code, stderr } = await command.ended
        expect(code, stderr.slice(-2_000)).toBe(0)
      }
      try {
        const learner = start('--role', 'learn', '--no-http')
        let ingest = start('--role', 'ingest', '--shards', '2')
        await Promise.all([isReady(learner), isReady(ingest)])
        const topic = topicsOf(name).behaviourEvents
        const live = await sendLive({ brokers, topic, partitions, perSecond, random: seeded(1) })
        const report: Record<string, number> = {}
        /** As many as come in within two seconds are on their way at any time. */
        const caughtUp = () =>
          until(
            'the events to be ingested',
            async () => (await waiting(log, name)) < 2 * perSecond || delay(200, false),
            300_000,
          )
        for (const shards of [4, 3]) {
          await delay(steadyMs)
          await caughtUp()
          const began = performance.now()
          await stop(ingest)
          const stopped = performance.now()
          ingest = start('--role', 'ingest', '--shards', `${shards}`)
          await isReady(ingest)
          const ready = performance.now()
          await caughtUp()
          report[`to ${shards}: stopped, s`] = (stopped - began) / 1_000
          report[`to ${shards}: ready again, s`] = (ready - stopped) / 1_000
          report[`to ${shards}: caught up, s`] = (performance.now() - ready) / 1_000
        }
        await delay(steadyMs)
        await live.stop()
        await until(
          'all events to be ingested',
          async () => (await waiting(log, name)) === 0 || delay(200, false),
          300_000,
        )
        await stop(ingest)
        await stop(learner)
        const became = await whatBecame(log, name, parts)
        console.log(JSON.stringify({ events: live.acknowledged.length, ...report, ...became }, null, 1))
        expect(became.outcomes).toMatchObject({ missing: 0, twice: 0, foreign: 0 })
        expect(became.outcomes.expected).toBeGreaterThanOrEqual(live.acknowledged.length)
        expect(became).toMatchObject({ misnumbered: 0, elsewhere: 0, outOfOrder: 0 })
      } finally {
        for (const each of running) killAll(each)
        await log.close()
      }
    }))
})
