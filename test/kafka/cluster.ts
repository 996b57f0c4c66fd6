import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Kafka } from 'kafkajs'
import { askBroker } from '../../src/log/kafka/ask-broker.ts'
import { type RunningCluster, startBrokers } from '../../src/log/kafka/broker.ts'
import { createClient, createCluster } from '../../src/log/kafka/client.ts'
import { Writer } from '../../src/log/kafka/produce/wire.ts'
import { until } from '../promises/command.ts'

/** A partition as its cluster sees it; `replicas` and `inSync` are brokers' numbers. */
export interface PartitionState {
  topic: string
  partition: number
  leader: number
  replicas: number[]
  inSync: number[]
}

/**
 * Three brokers for a test, and what befalls brokers in production.
 *
 *     const cluster = await startCluster()
 *     await cluster.moveLeaders(['shop.recommendations'])
 *     await cluster.restartEach('stop')
 *     await cluster.dispose()
 */
export interface TestCluster extends RunningCluster {
  /** Every partition of these topics, of all topics when none are named; asked anew while brokers are away. */
  partitions(topics?: readonly string[]): Promise<PartitionState[]>
  /** The next replica becomes the leader, in those partitions that `chosen` takes; how many. */
  moveLeaders(topics: readonly string[], chosen?: (state: PartitionState) => boolean): Promise<number>
  /** Every partition has all its copies in sync. */
  untilInSync(): Promise<void>
  /** End each broker in turn, in order or as a crash would, and start it again; copies are in sync before the next one's turn. */
  restartEach(end: 'stop' | 'kill'): Promise<void>
  /** End the brokers and remove their data. */
  dispose(): Promise<void>
}

const limitMs = 180_000
const lookMs = 200

export async function startCluster(): Promise<TestCluster> {
  const folder = mkdtempSync(join(tmpdir(), 'recstream-cluster-'))
  const running = await startBrokers({ folder, brokers: 3 })
  const client = createClient({ brokers: running.brokers })

  const partitions = (topics?: readonly string[]) => again(() => describe(client, topics))
  /** Each look is a connection of its own, so not too often. */
  const untilSeen = (what: string, condition: (states: PartitionState[]) => boolean) =>
    until(what, async () => condition(await partitions()) || delay(lookMs, false), limitMs)
  const untilInSync = () =>
    untilSeen('all copies to be in sync', states =>
      states.every(({ replicas, inSync }) => inSync.length === replicas.length),
    )
  return {
    ...running,
    partitions,
    async moveLeaders(topics, chosen = () => true) {
      const moved = (await partitions(topics)).filter(chosen)
      if (moved.length === 0) return 0
      await again(async () => {
        await reorder(client, moved)
        await electPreferred(running.brokers, moved)
      })
      return moved.length
    },
    untilInSync,
    async restartEach(end) {
      for (const [k, broker] of running.each.entries()) {
        await broker[end]()
        await untilSeen('a broker that ended to be left out', states =>
          states.every(({ leader, inSync }) => leader !== k + 1 && !inSync.includes(k + 1)),
        )
        await broker.restart()
        await untilInSync()
      }
    },
    async dispose() {
      await running.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function describe(client: Kafka, topics?: readonly string[]): Promise<PartitionState[]> {
  const admin = client.admin()
  try {
    await admin.connect()
    const found = await admin.fetchTopicMetadata(topics === undefined ? undefined : { topics: [...topics] })
    return found.topics.flatMap(({ name, partitions }) =>
      partitions.map(({ partitionId, leader, replicas, isr }) => ({
        ...{ topic: name, partition: partitionId, leader, replicas, inSync: isr },
      })),
    )
  } finally {
    await admin.disconnect()
  }
}

/** The same replicas, the second of them first. */
async function reorder(client: Kafka, moved: readonly PartitionState[]): Promise<void> {
  const admin = client.admin()
  try {
    await admin.connect()
    await admin.alterPartitionReassignments({
      topics: byTopic(moved).map(([topic, states]) => ({
        topic,
        partitionAssignment: states.map(({ partition, replicas }) => ({
          partition,
          replicas: [...replicas.slice(1), replicas[0]!],
        })),
      })),
    })
  } finally {
    await admin.disconnect()
  }
}

const electLeaders = { key: 43, version: 0, name: 'ElectLeaders' }

/** Of each partition the first replica that is in sync; any broker passes it on. */
async function electPreferred(brokers: string[], moved: readonly PartitionState[]): Promise<void> {
  const cluster = createCluster({ brokers })
  try {
    await cluster.connect()
    await cluster.addMultipleTargetTopics([...new Set(moved.map(({ topic }) => topic))])
    const broker = await cluster.findBroker({ nodeId: moved[0]!.leader })
    const body = new Writer()
    body.array(byTopic(moved), ([topic, states]) =>
      body.text(topic).array(states, ({ partition }) => body.int(partition)),
    )
    await askBroker(broker, { ...electLeaders, body: body.int(10_000).done(), read: () => {} })
  } finally {
    await cluster.disconnect()
  }
}

function byTopic(states: readonly PartitionState[]): [string, PartitionState[]][] {
  const grouped = new Map<string, PartitionState[]>()
  for (const state of states) grouped.set(state.topic, [...(grouped.get(state.topic) ?? []), state])
  return [...grouped]
}

/** While a broker is away its connections fail; the next try finds another one. */
async function again<T>(work: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + limitMs
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (performance.now() > deadline) throw error
      await delay(lookMs)
    }
  }
}
