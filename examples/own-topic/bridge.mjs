import { argv, env, exit } from 'node:process'
import { setTimeout } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { Kafka, logLevel } from 'kafkajs'
import { topicSpecs, topicsOf } from 'recstream'
import clickstream from './clickstream.mjs'
import { toEvents } from './to-events.mjs'

/** The topic that was there before recstream. */
export const ownTopic = 'web.clicks'
export const brokers = (env.BROKERS ?? '127.0.0.1:9092').split(',')
/** Under this name Kafka remembers how far the bridge has read; under another one it reads all of it again. */
const groupId = env.GROUP ?? 'clickstream-bridge'

/**
 * Reads the shop's own topic and writes events: at least once, and once by their ids.
 *
 * What it wrote is acknowledged before it says how far it has read; if it is killed in between, it sends some events again
 * under the same ids. With `once` it ends when it has passed on what is there now.
 */
export async function bridge({ once = false } = {}) {
  const kafka = new Kafka({ brokers, clientId: 'bridge', logLevel: logLevel.NOTHING })
  const { behaviourEvents } = topicsOf(clickstream.name)
  const admin = kafka.admin()
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 })
  const consumer = kafka.consumer({ groupId })
  await Promise.all([admin.connect(), producer.connect(), consumer.connect()])
  await createTopic(
    admin,
    topicSpecs(clickstream.name, clickstream.partitions).find(({ name }) => name === behaviourEvents),
  )
  const left = await unread(admin)
  const counted = { messages: 0, events: 0, unreadable: 0 }
  let done
  let fail
  const finished = new Promise((resolve, reject) => {
    done = resolve
    fail = reject
  })
  if (once && left.size === 0) done()
  // kafkajs tries again by itself, but not after every error; whoever runs the bridge starts it again then.
  consumer.on(consumer.events.CRASH, ({ payload }) => payload.restart || fail(payload.error))

  await consumer.subscribe({ topic: ownTopic, fromBeginning: true })
  await consumer.run({
    // How far it has read is committed when this has ended well, not before.
    eachBatch: async ({ batch }) => {
      const { topic, partition, messages } = batch
      const records = messages.flatMap(message =>
        recordsOf(message, `${topic}/${partition}/${message.offset}`, counted),
      )
      if (records.length > 0) await producer.send({ topic: behaviourEvents, messages: records })
      if (Number(batch.lastOffset()) + 1 >= (left.get(partition) ?? 0)) left.delete(partition)
      if (once && left.size === 0) done()
    },
  })
  try {
    await finished
  } finally {
    await consumer.disconnect()
    await Promise.all([producer.disconnect(), admin.disconnect()])
  }
  return counted
}

/** What a message becomes on recstream's topic. What cannot be read stays as it is: it becomes a dead letter, which people see. */
function recordsOf({ key, value, timestamp }, place, counted) {
  const events = toEvents(value?.toString() ?? '', place)
  counted.messages += 1
  if (events === null) {
    counted.unreadable += 1
    return [{ key: key ?? 'unknown', value, timestamp }]
  }
  counted.events += events.length
  return events.map(event => ({ key: `${event.userId}`, value: JSON.stringify(event), timestamp }))
}

/** Partitions with messages that the group has not read, and where these end. */
async function unread(admin) {
  const ends = await admin.fetchTopicOffsets(ownTopic)
  const [{ partitions }] = await patiently(() => admin.fetchOffsets({ groupId, topics: [ownTopic] }))
  const read = new Map(partitions.map(({ partition, offset }) => [partition, Number(offset)]))
  return new Map(
    ends
      .map(({ partition, low, high }) => [partition, Number(high), Math.max(Number(low), read.get(partition) ?? 0)])
      .filter(([, end, from]) => from < end)
      .map(([partition, end]) => [partition, end]),
  )
}

/** A broker that has just started does not know of its groups yet. */
async function patiently(ask) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await ask()
    } catch (error) {
      if (!error.retriable || attempt === 20) throw error
      await setTimeout(500)
    }
  }
}

export async function createTopic(admin, { name, partitions }) {
  await admin.createTopics({ waitForLeaders: true, topics: [{ topic: name, numPartitions: partitions }] })
}

/** No stack trace for a broker that is not there. */
export function inOneLine({ message }) {
  console.error(message)
  exit(1)
}

if (import.meta.url === pathToFileURL(argv[1]).href) {
  const { messages, events, unreadable } = await bridge({ once: argv.includes('--once') }).catch(inOneLine)
  console.log(`${messages} messages read: ${events} events, ${unreadable} passed on as they are`)
}
