import { CompressionTypes, Kafka, logLevel, Partitioners } from 'kafkajs'
import { expect, test } from 'vitest'
import { openEmbeddedLog } from '../../src/log/embedded/embedded-log.ts'
import { openKafkaLog } from '../../src/log/kafka/kafka-log.ts'
import type { Log } from '../../src/log/log.ts'
import { topicSpecs, topicsOf } from '../../src/records/topics.ts'
import { layoutOf } from '../../src/run/layout.ts'
import { describeKafka } from '../kafka/brokers.ts'
import { recstream } from './command.ts'
import { good, json, monsters, time } from './monsters.ts'
import { ownPipeline } from './own-pipeline.ts'
import { inFolder, outcomeOf, type Run } from './twins.ts'

type Sent = { key: string | null; value: Buffer | null }

/** Send good and bad records to a pipeline of this name, run it till it idles, and look at what is left. */
async function endured(
  log: Log,
  run: Run,
  connection: string[],
  sendLarge: (bad: Sent, topic: string) => Promise<void>,
) {
  await log.ensureTopics(topicSpecs(run.name, 1))
  const producer = await log.producer(`${run.name}.outside`)
  const topic = topicsOf(run.name).behaviourEvents
  const goods = Array.from({ length: 200 }, (_, k) => ({
    key: good(k).userId,
    value: json(good(k)),
    timestamp: time + k,
  }))
  await producer.append(topic, goods.slice(0, 100))
  for (const [, { key = 'u1', value }] of monsters) {
    if (value !== null && value.length > 2 ** 20) await sendLarge({ key, value }, topic)
    else await producer.append(topic, [{ key, value, timestamp: time + 1000 }])
  }
  await producer.append(topic, goods.slice(100))
  await producer.close()
  await log.close()

  const args = ['start', run.pipeline, '--no-import', ...connection, '--data', run.data, '--until-idle', '--json']
  const { summary, contents } = await outcomeOf(run, await recstream(args).ended)
  expect(summary.eventsKept).toBe(200)
  expect(summary.eventsIn).toBe(200 + monsters.length)
  expect(summary.sequences).toBe(200)
  const letters = contents['topic dead-letters']!.map(line => JSON.parse(line) as [string, string, string | null])
  expect(letters.map(([, reason]) => reason)).toEqual(monsters.map(([, , reason]) => reason))
  for (const [k, [, { value }]] of monsters.entries())
    expect(letters[k]![2] ?? null).toBe(value?.toString('base64') ?? null)
}

test('each bad record costs one dead letter with its reason and its bytes, and nothing else', () =>
  inFolder(async data => {
    const log = await openEmbeddedLog({ folder: layoutOf(data, 'generated').log })
    const run = { name: 'generated', pipeline: 'generated', data }
    const large = await log.producer('large')
    await endured(log, run, [], ({ key, value }, topic) =>
      large.append(topic, [{ key, value, timestamp: time + 1000 }]),
    )
  }))

describeKafka('on Kafka', broker => {
  test('the same, though a value that is small on the wire is large once it is unpacked', () =>
    inFolder(async data => {
      const { brokers } = broker()
      const run = { name: 'monsters', pipeline: ownPipeline(data, 'monsters', 'generated'), data, brokers }
      const producer = new Kafka({ brokers, logLevel: logLevel.NOTHING }).producer({
        createPartitioner: Partitioners.DefaultPartitioner,
      })
      await producer.connect()
      const log = await openKafkaLog({ brokers })
      await endured(log, run, ['--brokers', brokers.join(',')], async ({ key, value }, topic) => {
        const messages = [{ key, value, timestamp: String(time + 1000) }]
        await producer.send({ topic, messages, compression: CompressionTypes.GZIP })
        await producer.disconnect()
      })
    }))
})
