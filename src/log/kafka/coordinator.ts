import { createRequire } from 'node:module'
import { setTimeout as delay } from 'node:timers/promises'
import { RecstreamError } from '../../errors.ts'
import type { Cluster, ClusterBroker } from './client.ts'
import type { Connection } from './connection.ts'

/** kafkajs's form of a request: how it is written, how its answer is read, and that its error codes are thrown. */
interface Exchange<Question, Answer> {
  encode: (question: Question) => unknown
  response: { decode(raw: Buffer): Promise<Answer>; parse(answer: Answer): Promise<Answer> }
}

const require = createRequire(import.meta.url)
function exchange<Question, Answer>(path: string): Exchange<Question, Answer> {
  const at = `kafkajs/src/protocol/requests/${path}`
  return { encode: require(`${at}/request`), response: require(`${at}/response`) }
}

const findCoordinator = exchange<
  { coordinatorKey: string; coordinatorType: number },
  { coordinator: { nodeId: number } }
>('findCoordinator/v1')
const metadata = exchange<
  { topics: string[]; allowAutoTopicCreation: boolean },
  { brokers: unknown[]; topicMetadata: { topicErrorCode: number; partitionMetadata: { replicas: number[] }[] }[] }
>('metadata/v6')
const describeConfigs = exchange<
  { resources: { type: number; name: string; configNames: string[] }[] },
  { resources: { configEntries: { configName: string; configValue: string }[] }[] }
>('describeConfigs/v1')

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

const brokerResource = 4

/**
 * The broker that keeps a group's positions, or the transactions of an id.
 *
 * kafkajs has such a question too, and keeps the brokers' answers to itself: a right that is missing and a cluster that
 * cannot have a coordinator look alike there, and both are asked again and again.
 */
export async function coordinatorOf(cluster: Cluster, kind: CoordinatorKind, key: string): Promise<ClusterBroker> {
  const broker = await cluster.brokerPool.findConnectedBroker()
  const { response, encode } = findCoordinator
  const request = encode({ coordinatorKey: key, coordinatorType: kinds[kind].type })
  const { coordinator } = await broker.connectionPool.send({ request, response })
  return cluster.findBroker({ nodeId: coordinator.nodeId })
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
  const asked = metadata.encode({ topics: [topic], allowAutoTopicCreation: false })
  const { brokers, topicMetadata } = await broker.connectionPool.send({
    request: asked,
    response: { decode: metadata.response.decode, parse: async (answer: Metadata) => answer },
  })
  const settings = await settingsOf(broker, [copies, inSync])
  const there = topicMetadata.find(({ topicErrorCode }) => topicErrorCode === 0)?.partitionMetadata[0]?.replicas.length
  const wanted = settings.get(copies) ?? 0
  if (there === undefined && wanted > brokers.length) return misconfigured(kind, copies, wanted, brokers.length)
  const needed = settings.get(inSync) ?? 0
  if (needed > (there ?? wanted) && wanted > 0) return misconfigured(kind, inSync, needed, there ?? wanted)
  return null
}

type Metadata = Awaited<ReturnType<typeof metadata.response.decode>>

async function settingsOf(broker: ClusterBroker, names: string[]): Promise<Map<string, number>> {
  const { encode, response } = describeConfigs
  const request = encode({
    resources: [{ type: brokerResource, name: String(broker.nodeId), configNames: names }],
  })
  const { resources } = await broker.connectionPool.send({ request, response })
  return new Map(resources[0]?.configEntries.map(({ configName, configValue }) => [configName, Number(configValue)]))
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
