import { createRequire } from 'node:module'
import { type Kafka as KafkaClient, logLevel, type SASLOptions } from 'kafkajs'
import type { Owner } from './owner.ts'
import './request-queue.ts'
import { type KafkaSasl, tellingSasl } from './sasl.ts'
import { bootstrapFrom, longestSilenceMs, openSocket } from './sockets.ts'

/** Where the brokers are and how to get in. */
export interface KafkaSettings {
  /** "host:port" each; one that answers is enough. */
  brokers: string[]
  clientId?: string
  ssl?: boolean | KafkaTls
  sasl?: KafkaSasl
  /** Takes what the client has to say (pino's shape); silent without one. */
  logger?: KafkaLogger
  /** Silence longer than this is an error that `read` throws, ms (default 30,000). */
  stallMs?: number
  /** Hears what a person should know while all goes on: a reader that a transaction holds back. */
  onNotice?: (message: string) => void
  /** Hears that the brokers have not answered a reader for a while, as often as it tries, and null when they do again. */
  onWaiting?: (reason: string | null) => void
  /** Who works through this log; where it is given, one run at a time has the producer that it names. */
  owner?: Owner
  /** What one batch of records may unpack to, bytes (default 256 MiB); a larger one is delivered as unreadable. */
  unpackedBytes?: number
  /** An append that takes longer is given up with LOG_UNAVAILABLE, ms (default 60,000). */
  appendMs?: number
}

interface KafkaTls {
  /** PEM texts. */
  ca?: string
  cert?: string
  key?: string
  rejectUnauthorized?: boolean
}

interface KafkaLogger {
  debug(details: object, message: string): void
  warn(details: object, message: string): void
}

// It is about a choice that is made here for every record: the partition is given.
process.env['KAFKAJS_NO_PARTITIONER_WARNING'] ??= '1'

const require = createRequire(import.meta.url)
const { Kafka } = require('kafkajs') as typeof import('kafkajs')

/*
 * kafkajs's consumer joins a group: it waits for rebalances and heartbeats, resets an offset that is gone instead of
 * saying so, hides where transaction markers are, and can stop without a word. Reading needs none of that, only its
 * connections; so they are used directly. The version is pinned and the project no longer changes.
 */
export interface Cluster {
  connect(): Promise<void>
  disconnect(): Promise<void>
  isConnected(): boolean
  getNodeIds(): string[]
  addMultipleTargetTopics(topics: string[]): Promise<void>
  refreshMetadata(): Promise<void>
  refreshMetadataIfNecessary(): Promise<void>
  findTopicPartitionMetadata(topic: string): { partitionId: number; leader: number; replicas: number[] }[]
  findControllerBroker(): Promise<ClusterBroker>
  findBroker(node: { nodeId: number | string }): Promise<ClusterBroker>
  brokerPool: {
    findConnectedBroker(): Promise<ClusterBroker>
    metadata: { brokers: { nodeId: number; host: string; port: number }[] } | null
  }
  fetchTopicsOffset(
    topics: { topic: string; partitions: { partition: number }[]; fromBeginning: boolean }[],
  ): Promise<{ topic: string; partitions: { partition: number; offset: string }[] }[]>
}

export interface ClusterBroker {
  nodeId: number
  /** What it takes, by the request's key; null before it is connected. */
  readonly versions: Readonly<Record<number, { minVersion: number; maxVersion: number }>> | null
  connectionPool: {
    send<D, T>(call: {
      request: unknown
      response: { decode(raw: Buffer): Promise<D>; parse(data: D): Promise<T> }
      requestTimeout?: number
      logResponseError?: boolean
    }): Promise<T>
  }
  disconnect(): Promise<void>
  deleteRecords(of: {
    topics: { topic: string; partitions: { partition: number; offset: string }[] }[]
  }): Promise<unknown>
  offsetCommit(commit: {
    groupId: string
    groupGenerationId: number
    memberId: string
    retentionTime: number
    topics: { topic: string; partitions: { partition: number; offset: string; metadata: string | null }[] }[]
  }): Promise<unknown>
}

/** A connection to one broker that is asked for by its address, for requests that are encoded here. */
export interface SingleBroker {
  readonly connectionPool: ClusterBroker['connectionPool'] & {
    map(act: (connection: { rejectRequests(error: Error): void }) => void): void
  }
  /** By the request's key; null before it is connected. */
  readonly versions: Readonly<Record<number, { minVersion: number; maxVersion: number }>> | null
  connect(): Promise<void>
  disconnect(): Promise<void>
  isConnected(): boolean
}

interface ClusterOptions {
  logger: unknown
  socketFactory: unknown
  brokers: string[] | (() => string[])
  ssl?: unknown
  sasl?: unknown
  clientId: string
  connectionTimeout: number
  requestTimeout: number
  enforceRequestTimeout: boolean
  metadataMaxAge: number
  allowAutoTopicCreation: boolean
  maxInFlightRequests: null
  isolationLevel: number
  retry: object
}

const ClusterOfKafkajs = require('kafkajs/src/cluster') as new (options: ClusterOptions) => Cluster
const BrokerOfKafkajs = require('kafkajs/src/broker') as new (options: object) => SingleBroker
const createPoolBuilder = require('kafkajs/src/cluster/connectionPoolBuilder') as (options: object) => {
  build(address: { host: string; port: number }): Promise<object>
}

// The sockets give up what does not answer, and sooner.
const connectionTimeout = longestSilenceMs + 1_000
const requestTimeout = 10_000
const metadataMaxAge = 60_000

const retry = { initialRetryTime: 50, retries: 3, multiplier: 2, factor: 0.2 }
/** Each bootstrap address gets a turn. */
const retryOf = ({ brokers }: KafkaSettings) => ({ ...retry, retries: Math.max(retry.retries, brokers.length) })

/** The client, for what its public face does well: administration. */
export function createClient(settings: KafkaSettings): KafkaClient {
  return new Kafka({
    ...common(settings),
    ...(settings.sasl === undefined ? {} : { sasl: tellingSasl(settings.sasl) as unknown as SASLOptions }),
    requestTimeout: 30_000,
    retry: retryOf(settings),
    logLevel: logLevel.WARN,
    logCreator: logCreatorOf(settings),
  })
}

/** Connections of their own: a fetch that waits for records would hold up whatever comes after it. */
export function createCluster(settings: KafkaSettings): Cluster {
  return new ClusterOfKafkajs({
    ...common(settings),
    ...(settings.sasl === undefined ? {} : { sasl: tellingSasl(settings.sasl) }),
    logger: createClient(settings).logger(),
    requestTimeout,
    enforceRequestTimeout: true,
    metadataMaxAge,
    allowAutoTopicCreation: false,
    maxInFlightRequests: null,
    // Offsets that are asked for are those of the whole log, open transactions included.
    isolationLevel: 0,
    retry: retryOf(settings),
  })
}

/** One broker, not connected yet. */
export async function createBroker(settings: KafkaSettings, host: string, port: number): Promise<SingleBroker> {
  const logger = createClient(settings).logger()
  const pools = createPoolBuilder({
    ...common(settings),
    ...(settings.sasl === undefined ? {} : { sasl: tellingSasl(settings.sasl) }),
    logger,
    requestTimeout,
    enforceRequestTimeout: true,
    maxInFlightRequests: null,
  })
  return new BrokerOfKafkajs({ connectionPool: await pools.build({ host, port }), logger })
}

function common({ brokers, clientId = 'recstream', ssl }: KafkaSettings) {
  const connecting = { brokers: bootstrapFrom(brokers), socketFactory: openSocket, connectionTimeout }
  return { ...connecting, clientId, ...(ssl === undefined ? {} : { ssl }) }
}

function logCreatorOf({ logger }: KafkaSettings) {
  return () =>
    ({ namespace, level, log }: { namespace: string; level: number; log: { message: string } }) => {
      if (logger === undefined) return
      const { message, ...details } = log
      // Refused requests are retried, and what remains of them comes as a thrown error; a lost connection is news.
      const news = level === logLevel.ERROR && namespace === 'Connection' && !message.startsWith('Response ')
      if (news) logger.warn(details, message)
      else logger.debug(details, message)
    }
}
