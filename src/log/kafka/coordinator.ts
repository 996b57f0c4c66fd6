import { setTimeout as delay } from 'node:timers/promises'
import { RecstreamError } from '../../errors.ts'
import { askBroker } from './ask-broker.ts'
import type { Cluster, ClusterBroker } from './client.ts'
import type { Connection } from './connection.ts'
import { answerError } from './produce/codes.ts'
import { findCoordinatorRequest, metadataRequest } from './produce/requests.ts'
import { brokerSettings } from './topic-requests.ts'

/** What a coordinator keeps its log in, and the settings that decide how many brokers this takes. */
const kinds = {
  group: {
    type: 0,
    topic: '__consumer_offsets',
    copies: 'offsets.topic.replication.factor',
    inSync: 'min.insync.replicas',
  },
  transaction: {
    type: 1,
    topic: '__transaction_state',
    copies: 'transaction.state.log.replication.factor',
    inSync: 'transaction.state.log.min.isr',
  },
}
export type CoordinatorKind = keyof typeof kinds

/**
 * The broker that keeps a group's positions, or the transactions of an id.
 *
 * kafkajs has such a question too, and keeps the brokers' answers to itself: a right that is missing and a cluster that
 * cannot have a coordinator look alike there, and both are asked again and again.
 */
export async function coordinatorOf(cluster: Cluster, kind: CoordinatorKind, key: string): Promise<ClusterBroker> {
  const broker = await cluster.brokerPool.findConnectedBroker()
  const { error, said, node } = await askBroker(broker, findCoordinatorRequest(key, kinds[kind].type))
  if (error !== 0) throw answerError(error, said)
  return cluster.findBroker({ nodeId: node.id })
}

/** After this long without a coordinator it is found out whether there can be one, ms. */
const patienceMs = 5_000

/** Do what takes a coordinator; LOG_MISCONFIGURED, soon, where the cluster as it is cannot have one. */
export async function withCoordinator<T>(
  connection: Connection,
  kind: CoordinatorKind,
  work: () => Promise<T>,
): Promise<T> {
  const over = new AbortController()
  const looking = (async (): Promise<never> => {
    await delay(patienceMs, undefined, { signal: over.signal, ref: false })
    const reason = await connection.once([], cluster => whyNoCoordinator(cluster, kind)).catch(() => null)
    if (reason !== null) throw reason
    return new Promise<never>(() => {})
  })()
  looking.catch(() => {})
  try {
    return await Promise.race([work(), looking])
  } finally {
    over.abort()
  }
}

/**
 * Why the cluster as it is cannot have a coordinator, however long one waits; null where it may have one in a moment, or
 * where this user may not read the brokers' settings.
 */
async function whyNoCoordinator(cluster: Cluster, kind: CoordinatorKind): Promise<RecstreamError | null> {
  const { topic, copies, inSync } = kinds[kind]
  const broker = await cluster.brokerPool.findConnectedBroker()
  const place = await askBroker(broker, metadataRequest(topic))
  const settings = await brokerSettings(broker, [copies, inSync])
  const brokers = place.nodes.length
  const there = place.error === 0 ? place.partitions[0]?.copies : undefined
  const wanted = Number(settings[copies] ?? 0)
  if (there === undefined && wanted > brokers) return misconfigured(kind, copies, wanted, brokers)
  const needed = Number(settings[inSync] ?? 0)
  if (needed > (there ?? wanted) && wanted > 0) return misconfigured(kind, inSync, needed, there ?? wanted)
  return null
}

function misconfigured(kind: CoordinatorKind, setting: string, value: number, possible: number): RecstreamError {
  const what = kind === 'group' ? 'positions of groups' : 'transactions'
  const { copies, inSync } = kinds[kind]
  const there =
    setting === copies
      ? `${possible === 1 ? 'only 1 broker runs' : `only ${possible} brokers run`}`
      : `its log has only ${possible === 1 ? '1 copy' : `${possible} copies`}`
  const also = setting === copies && kind === 'transaction' ? ` and ${inSync}` : ''
  return new RecstreamError(
    'LOG_MISCONFIGURED',
    `Kafka keeps no ${what}: ${setting} is ${value} and ${there}; set it${also} to ${possible} in each broker's configuration and start them again, or start more brokers.`,
  )
}
