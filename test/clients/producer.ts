import { Kafka, logLevel, Partitioners } from 'kafkajs'
import { singleObject } from './single-object.ts'

export interface User {
  userId: string
  attributes?: Record<string, string>
}

export interface Item {
  itemId: string
  title?: string
  attributes?: Record<string, string>
  tags?: string[]
}

export interface Event {
  eventId?: string
  userId: string
  itemId: string
  behaviour: string
  /** Milliseconds since 1970. */
  time: number
  value?: number
  properties?: Record<string, number>
  recommendationId?: string
}

export interface Production {
  brokers: string[]
  pipeline: string
  users: User[]
  items: Item[]
  events: Event[]
  encoding: 'json' | 'avro'
}

type Kind = 'user-profile' | 'item' | 'behaviour-event'

const schemas = new URL('../../schemas/', import.meta.url)
const batchSize = 1_000

/** A shop's own producer: it knows Kafka, the topics' page and the schema files, and nothing of this project's code. */
export async function produce({ brokers, pipeline, users, items, events, encoding }: Production): Promise<void> {
  const kafka = new Kafka({ clientId: 'shop', brokers, logLevel: logLevel.NOTHING })
  const producer = kafka.producer({
    createPartitioner: Partitioners.DefaultPartitioner,
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
  })
  const send = async <T>(topic: string, kind: Kind, records: T[], keyOf: (record: T) => string) => {
    const encode = encoderOf(kind, encoding)
    for (let from = 0; from < records.length; from += batchSize) {
      const batch = records.slice(from, from + batchSize)
      const messages = batch.map(record => ({ key: keyOf(record), value: encode(record) }))
      await producer.send({ topic: `${pipeline}.${topic}`, messages, acks: -1 })
    }
  }
  await producer.connect()
  try {
    await send('user-profiles', 'user-profile', users, user => user.userId)
    await send('items', 'item', items, item => item.itemId)
    await send('behaviour-events', 'behaviour-event', events, event => event.userId)
  } finally {
    await producer.disconnect()
  }
}

/** How a value of one topic is written. */
export function encoderOf(kind: Kind, encoding: 'json' | 'avro'): (value: unknown) => Buffer {
  if (encoding === 'json') return value => Buffer.from(JSON.stringify(value))
  return singleObject(new URL(`${kind}.avsc`, schemas)).encode
}
