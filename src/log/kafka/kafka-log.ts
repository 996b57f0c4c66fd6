import type { Log, Position } from '../log.ts'
import { OpenParts } from '../open-parts.ts'
import { brokersFrom } from './addresses.ts'
import { createClient, type KafkaSettings } from './client.ts'
import { Connection } from './connection.ts'
import { kafkaError, noBroker } from './errors.ts'
import { newestRecords } from './newest.ts'
import { ranges } from './offsets.ts'
import { openProducer } from './producer.ts'
import { openReader } from './reader.ts'
import { ensureTopics } from './topics.ts'

/** Ports that take the connection and then say nothing are no brokers: this long, and so much more for each further one, ms. */
const openWaitMs = 10_000
const nextWaitMs = 2_500

/**
 * The log of a Kafka cluster (brokers from version 2.4 on).
 *
 *     const log = await openKafkaLog({ brokers: ['127.0.0.1:9092'] })
 *     const reader = await log.reader([{ topic: 'shop.items', partition: 0, offset: 0 }])
 *     for (const record of await reader.read(1_000)) console.log(record.offset, record.value)
 *
 * Caveat: reading stops where another client's transaction is open; it goes on when that ends or times out.
 */
export async function openKafkaLog(given: KafkaSettings): Promise<Log> {
  const settings = { ...given, brokers: brokersFrom(given.brokers) }
  const connection = new Connection(settings)
  const admin = createClient(settings).admin()
  const open = new OpenParts()
  try {
    await answered(connection.ready([]), settings.brokers)
  } catch (error) {
    void connection.close()
    throw kafkaError(error, settings.brokers)
  }

  return {
    kind: 'kafka',
    identity: () =>
      guarded(settings, async () => {
        await admin.connect()
        return `the Kafka cluster ${(await admin.describeCluster()).clusterId}`
      }),
    ensureTopics: specs =>
      guarded(settings, async () => {
        await admin.connect()
        await ensureTopics(admin, connection, specs)
      }),
    ranges: topic => ranges(connection, topic),
    producer: async id => open.add(await openProducer(settings, id)),
    reader: async (from, options = {}) => open.add(await openReader(settings, from, options)),
    newest: topic => newestRecords(connection, topic),
    reportPositions: (group, positions) => reportPositions(connection, group, positions),
    async close() {
      await open.close()
      await connection.close()
      await admin.disconnect().catch(() => {})
    },
  }
}

async function answered(connecting: Promise<unknown>, brokers: readonly string[]): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(noBroker(brokers)), openWaitMs + (brokers.length - 1) * nextWaitMs)
  })
  try {
    await Promise.race([connecting, silence])
  } finally {
    clearTimeout(timer)
  }
}

async function guarded<T>(settings: KafkaSettings, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw kafkaError(error, settings.brokers)
  }
}

// A commit by nobody in particular, which a group without members accepts: lag tools see it, nothing reads it back.
async function reportPositions(connection: Connection, groupId: string, positions: readonly Position[]): Promise<void> {
  const byTopic = new Map<string, { partition: number; offset: string }[]>()
  for (const { topic, partition, offset } of positions) {
    byTopic.set(topic, [...(byTopic.get(topic) ?? []), { partition, offset: String(offset) }])
  }
  await connection.ask([...byTopic.keys()], async cluster => {
    const coordinator = await cluster.findGroupCoordinator({ groupId })
    await coordinator.offsetCommit({
      groupId,
      groupGenerationId: -1,
      memberId: '',
      retentionTime: -1,
      topics: Array.from(byTopic, ([topic, partitions]) => ({ topic, partitions })),
    })
  })
}
