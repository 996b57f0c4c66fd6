import { randomUUID } from 'node:crypto'
import { Kafka, logLevel } from 'kafkajs'
import { singleObject } from './single-object.ts'

/** A list as docs/guide/topics.md describes it. */
export interface List {
  recommendationId: string
  userId: string
  time: number
  sequence: number
  partition: number
  offset: number
  modelVersion: number
  policy: string
  arm: string
  items: { itemId: string; score: number; propensity: number; reason: string }[]
}

export interface Consumption {
  brokers: string[]
  pipeline: string
  /** Told of all lists so far after each new one; true ends the consumption. */
  until: (lists: readonly List[]) => boolean
  timeoutMs: number
}

const avroList = singleObject(new URL('../../schemas/recommendation.avsc', import.meta.url))

/** A shop's own consumer: the lists of a pipeline from the first on, until the caller has seen enough. */
export async function consumeRecommendations({ brokers, pipeline, until, timeoutMs }: Consumption): Promise<List[]> {
  const kafka = new Kafka({ clientId: 'shop', brokers, logLevel: logLevel.NOTHING })
  const consumer = kafka.consumer({ groupId: `shop-${randomUUID()}`, maxWaitTimeInMs: 100, readUncommitted: false })
  const lists: List[] = []
  const newest = new Map<number, number>()
  let timer: NodeJS.Timeout | undefined
  try {
    await consumer.connect()
    await consumer.subscribe({ topic: `${pipeline}.recommendations`, fromBeginning: true })
    await new Promise<void>((done, fail) => {
      timer = setTimeout(
        () => fail(new Error(`${lists.length} lists within ${timeoutMs} ms were not enough`)),
        timeoutMs,
      )
      // After a passing trouble kafkajs starts the consumer again by itself.
      consumer.on('consumer.crash', ({ payload }) => (payload.restart ? undefined : fail(payload.error)))
      const take = async (partition: number, value: Buffer) => {
        const list = decodeList(value)
        if (list.sequence <= (newest.get(partition) ?? -1)) return
        newest.set(partition, list.sequence)
        lists.push(list)
        if (until(lists)) done()
      }
      const running = consumer.run({
        eachMessage: async ({ partition, message }) => {
          // A value that cannot be read ends the consumption, instead of being tried again for ever.
          if (message.value !== null) await take(partition, message.value).catch(fail)
        },
      })
      running.catch(fail)
    })
    return lists
  } finally {
    clearTimeout(timer)
    await consumer.disconnect()
  }
}

/** A list in either encoding: a JSON object begins with "{", a single object with C3 01. */
export function decodeList(value: Buffer): List {
  return (value[0] === 0x7b ? JSON.parse(value.toString()) : avroList.decode(value)) as List
}
