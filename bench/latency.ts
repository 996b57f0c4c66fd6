import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Kafka, logLevel, Partitioners } from 'kafkajs'
import { encodeEvent } from '../src/codec/input.ts'
import { decodeRecommendation } from '../src/codec/output.ts'
import { startBroker } from '../src/log/kafka/broker.ts'
import { openKafkaLog } from '../src/log/kafka/kafka-log.ts'
import type { BehaviourEvent } from '../src/records/definition.ts'
import { topicSpecs, topicsOf } from '../src/records/topics.ts'
import { findPipeline } from '../src/run/find-pipeline.ts'
import { PipelineProcess } from './pipeline-process.ts'
import type { Row } from './results.ts'

const perSecond = 1_000
/** Events are handed over this often, ms. */
const everyMs = 20
const world = 'events=1000000,users=5000,items=2000'

/**
 * From an event handed to Kafka to the list that it gave rise to, at 1,000 events/s; the sender, the broker, ingest, the
 * learner and the receiver share the machine.
 */
export async function benchLatency(seconds: number, say: (line: string) => void): Promise<Row[]> {
  return [
    ...(await measure(seconds, 10_000, 'a list per user and 10 s', say)),
    ...(await measure(seconds, 0, 'a list at every event', say)),
  ]
}

async function measure(seconds: number, listEveryMs: number, how: string, say: (line: string) => void): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'recstream-bench-'))
  const broker = await startBroker({ folder: join(folder, 'kafka') })
  const log = await openKafkaLog({ brokers: broker.brokers })
  const topics = topicsOf('generated')
  try {
    await log.ensureTopics(topicSpecs('generated', 1))
    const assignment = {
      pipeline: 'generated',
      settings: { 'recommend.everyMs': listEveryMs },
      data: join(folder, 'data'),
      connection: { brokers: broker.brokers },
    }
    const ingest = new PipelineProcess({ ...assignment, role: 'ingest' })
    const learn = new PipelineProcess({ ...assignment, role: 'learn' })
    await Promise.all([ingest.next('ready'), learn.next('ready')])
    say(`sending ${perSecond.toLocaleString('en')} events/s for ${seconds} s, ${how}`)

    const sentAt = new Map<string, number>()
    const latencies: number[] = []
    const lists = await log.reader([{ topic: topics.recommendations, partition: 0, offset: 0 }])
    let sending = true
    const listening = (async () => {
      for (;;) {
        const records = await lists.read(50)
        const now = performance.now()
        for (const { value } of records) {
          const { sequence } = decodeRecommendation(value!)
          const sent = sentAt.get(String(sequence))
          if (sent !== undefined) latencies.push(now - sent)
        }
        if (!sending && records.length === 0 && (await lists.caughtUp())) return
      }
    })()
    const sendingFrom = performance.now()
    await send()
    const sendingSeconds = (performance.now() - sendingFrom) / 1000
    await ingest.ask({ type: 'drain' }, 'drained')
    await learn.ask({ type: 'drain' }, 'drained')
    sending = false
    await listening
    await lists.close()
    const peaks = [await ingest.stop(), await learn.stop()]
    const published = latencies.length
    latencies.splice(0, latencies.length / 5) // the first fifth warms up
    latencies.sort((a, b) => a - b)
    const at = (share: number) =>
      latencies[Math.min(latencies.length - 1, Math.floor(share * latencies.length))] ?? Number.NaN
    return [
      { what: `event → recommendation at 1,000 events/s, ${how}: p50`, value: at(0.5), unit: 'ms' },
      { what: '– p99', value: at(0.99), unit: 'ms' },
      { what: '– lists per second', value: published / sendingSeconds, unit: 'per second' },
      { what: '– events per second that were sent', value: (seconds * perSecond) / sendingSeconds, unit: 'per second' },
      { what: '– peak memory of ingest and learn', value: peaks[0]! + peaks[1]!, unit: 'MiB' },
    ]

    /** Rows are numbered in the order of sending: nothing of this world is rejected. */
    async function send(): Promise<void> {
      // As a service would: no transactions.
      const kafka = new Kafka({ brokers: broker.brokers, logLevel: logLevel.NOTHING })
      const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner })
      await producer.connect()
      const source = (await findPipeline('generated')).source!.read(world)
      const started = performance.now()
      const startedAt = Date.now()
      let sent = 0
      let batch: BehaviourEvent[] = []
      for await (const event of source.events()) {
        batch.push(event)
        if (batch.length < (perSecond * everyMs) / 1000) continue
        const due = started + (sent / perSecond) * 1000
        const wait = due - performance.now()
        if (wait > 0) await new Promise(resolve => setTimeout(resolve, wait))
        const now = startedAt + Math.round(performance.now() - started)
        const handed = performance.now()
        for (let k = 0; k < batch.length; k++) sentAt.set(String(sent + k + 1), handed)
        await producer.send({
          topic: topics.behaviourEvents,
          messages: batch.map(one => ({
            key: one.userId,
            timestamp: String(now),
            value: encodeEvent({ ...one, time: now }, 'json'),
          })),
        })
        sent += batch.length
        batch = []
        if (sent >= seconds * perSecond) break
      }
      await producer.disconnect()
    }
  } finally {
    await log.close()
    await broker.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}
