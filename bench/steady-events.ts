import { Kafka, logLevel, Partitioners } from 'kafkajs'
import { encodeEvent } from '../src/codec/input.ts'
import type { BehaviourEvent } from '../src/records/definition.ts'
import { findPipeline } from '../src/run/find-pipeline.ts'

const world = 'events=1000000,users=5000,items=2000'
/** Events are handed over this often, ms. */
const everyMs = 20

/** When events were handed to Kafka, ms of `performance.now()`, the first at 0. */
export interface Sent {
  readonly at: number[]
  /** Seconds that all of it took. */
  seconds: number
}

/** Send events at a steady rate, as a service would: no transactions. `sent` is filled meanwhile. */
export async function sendSteadily(
  { brokers, topic, seconds, perSecond }: { brokers: string[]; topic: string; seconds: number; perSecond: number },
  sent: Sent,
): Promise<void> {
  const producer = new Kafka({ brokers, logLevel: logLevel.NOTHING }).producer({
    createPartitioner: Partitioners.DefaultPartitioner,
  })
  await producer.connect()
  const source = (await findPipeline('generated')).source!.read(world)
  const started = performance.now()
  const startedAt = Date.now()
  let batch: BehaviourEvent[] = []
  for await (const event of source.events()) {
    batch.push(event)
    if (batch.length < (perSecond * everyMs) / 1000) continue
    const wait = started + (sent.at.length / perSecond) * 1000 - performance.now()
    if (wait > 0) await new Promise(resolve => setTimeout(resolve, wait))
    const handed = performance.now()
    const time = startedAt + Math.round(handed - started)
    for (const _ of batch) sent.at.push(handed)
    await producer.send({
      topic,
      messages: batch.map(one => ({
        key: one.userId,
        timestamp: String(time),
        value: encodeEvent({ ...one, time }, 'json'),
      })),
    })
    batch = []
    if (sent.at.length >= seconds * perSecond) break
  }
  sent.seconds = (performance.now() - started) / 1000
  await producer.disconnect()
}
