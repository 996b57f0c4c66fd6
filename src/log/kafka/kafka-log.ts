import type { Log } from '../log.ts'
import { OpenParts } from '../open-parts.ts'
import { brokersFrom } from './addresses.ts'
import { type Cluster, createClient, type KafkaSettings } from './client.ts'
import { Connection, parted } from './connection.ts'
import { withCoordinator } from './coordinator.ts'
import { kafkaError, noBroker } from './errors.ts'
import { newestRecords } from './newest.ts'
import { leaderOf, ranges } from './offsets.ts'
import { openAllowedReader, openOwnedProducer } from './open.ts'
import { reportPositions } from './ownership.ts'
import { replaceRecords } from './replace-records.ts'
import { allowed, describe, type Right, read } from './rights.ts'
import { idsFromAny } from './topic-ids.ts'
import { topicStates } from './topic-states.ts'
import { ensureTopics } from './topics.ts'

/** Ports that take the connection and then say nothing are no brokers: this long, and so much more for each further one, ms. */
const openWaitMs = 10_000
const nextWaitMs = 2_500
/** A report of positions is given up after this long: the next one is not far, ms. */
const reportWaitMs = 8_000

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
    await reached(await connection.ready([]))
  } catch (error) {
    void connection.close()
    throw kafkaError(error, settings.brokers)
  }

  const log: Log = {
    kind: 'kafka',
    identity: () =>
      guarded(settings, async () => {
        await admin.connect()
        return `the Kafka cluster ${(await admin.describeCluster()).clusterId}`
      }),
    ensureTopics: specs =>
      allowed(settings, [describe('')], () =>
        guarded(settings, async () => {
          await admin.connect()
          return await ensureTopics(settings, admin, connection, specs)
        }),
      ),
    examineTopics: specs =>
      allowed(settings, [describe('')], () =>
        guarded(settings, async () => {
          await admin.connect()
          return await topicStates(settings, admin, connection, specs)
        }),
      ),
    topicIds: topics => connection.ask([], cluster => idsFromAny(cluster, topics)),
    ranges: topic => allowed(settings, [describe(topic)], () => ranges(connection, topic)),
    producer: async (id, topics = []) => open.add(await openOwnedProducer(settings, connection, id, topics)),
    reader: async (from, options = {}) => open.add(await openAllowedReader(settings, connection, from, options)),
    newest: topic => allowed(settings, [read(topic)], () => newestRecords(connection, topic)),
    reportPositions: (group, positions) => {
      const rights: Right[] = [{ operation: 'Read', resource: 'group', name: group }, read(positions[0]?.topic ?? '')]
      const topics = [...new Set(positions.map(({ topic }) => topic))]
      const report = (cluster: Cluster) => reportPositions(cluster, group, positions, settings.owner)
      return allowed(settings, rights, () =>
        withCoordinator(connection, 'group', () => connection.ask(topics, report, reportWaitMs)),
      )
    },
    replace: (topic, replacement) =>
      replaceRecords(log, topic, replacement, (partition, offset) =>
        allowed(settings, [{ operation: 'Delete', resource: 'topic', name: topic }], () =>
          connection.ask([topic], async cluster => {
            const leader = await leaderOf(cluster, topic, partition)
            await leader.deleteRecords({ topics: [{ topic, partitions: [{ partition, offset: String(offset) }] }] })
          }),
        ),
      ),
    async close() {
      await open.close()
      await connection.close()
      await parted(admin)
    },
  }
  return log
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

/** The brokers know each other, and one of those that they name can be reached from here. */
async function reached(cluster: Cluster): Promise<void> {
  let failure: unknown
  for (const nodeId of cluster.getNodeIds()) {
    try {
      await cluster.findBroker({ nodeId })
      return
    } catch (error) {
      failure = error
    }
  }
  throw failure
}

async function guarded<T>(settings: KafkaSettings, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw kafkaError(error, settings.brokers)
  }
}
