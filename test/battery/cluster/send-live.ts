import { setTimeout as delay } from 'node:timers/promises'
import { createClient } from '../../../src/log/kafka/client.ts'
import { partitionOf } from '../../../src/log/partitioner.ts'

export interface LiveEvents {
  /** Ids of the events that the brokers have acknowledged. */
  acknowledged: string[]
  /** Resolves when the last event that was begun is acknowledged. */
  stop(): Promise<void>
}

const everyMs = 100

/**
 * Send made-up events at an even rate, as a service would: whatever is not acknowledged is sent again.
 *
 * One in 20 is rejected by cleaning (its behaviour does not exist), one in 50 is sent twice on purpose.
 */
export async function sendLive(options: {
  brokers: string[]
  topic: string
  partitions: number
  perSecond: number
  random: () => number
}): Promise<LiveEvents> {
  const { brokers, topic, partitions, perSecond, random } = options
  const producer = createClient({ brokers }).producer({ allowAutoTopicCreation: false })
  await producer.connect()
  const acknowledged: string[] = []
  let stopped = false
  let number = 0
  const pick = (count: number) => Math.floor(random() * count)

  const next = () => {
    const eventId = `live-${++number}`
    const userId = `user-${pick(1_000)}`
    const event = {
      ...{ eventId, userId, itemId: `item-${pick(400)}`, behaviour: number % 20 === 0 ? 'stare' : 'view' },
      ...{ time: Date.now(), value: random() },
    }
    const message = { key: userId, value: JSON.stringify(event), partition: partitionOf(userId, partitions) }
    return { eventId, messages: number % 50 === 1 ? [message, message] : [message] }
  }
  // One partition a call: of several, kafkajs may take one for acknowledged that is not, when its leader moves.
  const send = async (part: ReturnType<typeof next>['messages']) => {
    while (part.length > 0) {
      try {
        await producer.send({ topic, messages: part, acks: -1 })
        return
      } catch {
        await delay(everyMs)
      }
    }
  }
  const sending = (async () => {
    const began = performance.now()
    while (!stopped) {
      const due = Math.floor(((performance.now() - began) / 1_000) * perSecond) - number
      const events = Array.from({ length: Math.max(0, Math.min(due, perSecond)) }, next)
      const messages = events.flatMap(event => event.messages)
      for (let partition = 0; partition < partitions; partition++) {
        await send(messages.filter(message => message.partition === partition))
      }
      acknowledged.push(...events.map(({ eventId }) => eventId))
      await delay(everyMs)
    }
  })()
  return {
    acknowledged,
    async stop() {
      stopped = true
      await sending
      await producer.disconnect()
    },
  }
}
