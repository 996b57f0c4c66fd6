import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decodeRecommendation } from '../src/codec/output.ts'
import { startBroker } from '../src/log/kafka/broker.ts'
import { openKafkaLog } from '../src/log/kafka/kafka-log.ts'
import { topicSpecs, topicsOf } from '../src/records/topics.ts'
import { bareHops } from './hops.ts'
import { PipelineProcess } from './pipeline-process.ts'
import type { Row } from './results.ts'
import { type Sent, sendSteadily } from './steady-events.ts'

const perSecond = 1_000
/** What is sent in the first seconds warms up: functions are compiled, tables grow. */
const warmUpSeconds = 10

/**
 * From an event handed to Kafka to the list that it gave rise to, at 1,000 events/s, beside what two bare transactions take; the sender,
 * the broker, ingest, the learner and the receiver share the machine.
 */
export async function benchLatency(seconds: number, say: (line: string) => void): Promise<Row[]> {
  say(`sending ${perSecond.toLocaleString('en')} events/s for ${seconds} s, through two bare transactions`)
  const bare = (await bareHops({ seconds, perSecond })).slice(warmUpSeconds * perSecond)
  return [
    {
      what: 'two processes that only hand events on, in a transaction of kafkajs each: p50',
      value: at(bare, 0.5),
      unit: 'ms',
    },
    { what: '– p99', value: at(bare, 0.99), unit: 'ms' },
    ...(await measure(seconds, 10_000, { how: 'a list per user and 10 s', bare }, say)),
    ...(await measure(seconds, 0, { how: 'a list at every event', bare }, say)),
  ]
}

/** The latency that a share of all do not pass, ms. */
function at(latencies: readonly number[], share: number): number {
  const sorted = latencies.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
}

async function measure(
  seconds: number,
  listEveryMs: number,
  { how, bare }: { how: string; bare: readonly number[] },
  say: (line: string) => void,
): Promise<Row[]> {
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

    // Rows are numbered in the order of sending: nothing of this world is rejected.
    const sent: Sent = { at: [], seconds: 0 }
    const latencies: number[] = []
    let published = 0
    const lists = await log.reader([{ topic: topics.recommendations, partition: 0, offset: 0 }])
    let sending = true
    const listening = (async () => {
      for (;;) {
        const records = await lists.read(50)
        const now = performance.now()
        for (const { value } of records) {
          const row = Number(decodeRecommendation(value!).sequence)
          if (row > warmUpSeconds * perSecond) latencies.push(now - sent.at[row - 1]!)
          published += 1
        }
        if (!sending && records.length === 0 && (await lists.caughtUp())) return
      }
    })()
    await sendSteadily({ brokers: broker.brokers, topic: topics.behaviourEvents, seconds, perSecond }, sent)
    await ingest.ask({ type: 'drain' }, 'drained')
    await learn.ask({ type: 'drain' }, 'drained')
    sending = false
    await listening
    await lists.close()
    const peaks = [await ingest.stop(), await learn.stop()]
    const [half, most] = [at(latencies, 0.5), at(latencies, 0.99)]
    return [
      { what: `event → recommendation at 1,000 events/s, ${how}: p50`, value: half, unit: 'ms' },
      { what: '– p99', value: most, unit: 'ms' },
      { what: '– p50 over that of two bare transactions', value: half / at(bare, 0.5), unit: 'ratio' },
      { what: '– p99 over that of two bare transactions', value: most / at(bare, 0.99), unit: 'ratio' },
      { what: '– lists per second', value: published / sent.seconds, unit: 'per second' },
      { what: '– events per second that were sent', value: (seconds * perSecond) / sent.seconds, unit: 'per second' },
      { what: '– peak memory of ingest and learn', value: peaks[0]! + peaks[1]!, unit: 'MiB' },
    ]
  } finally {
    await log.close()
    await broker.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}
