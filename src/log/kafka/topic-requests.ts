import { createRequire } from 'node:module'
import type { Cluster, ClusterBroker } from './client.ts'

// kafkajs's own calls keep the broker's reason to themselves, and of several topics they tell of the first one only.

export interface NewTopic {
  topic: string
  numPartitions: number
  replicationFactor: number
  configEntries: { name: string; value: string }[]
}

/** What a broker answered about one topic; code 0 is success. */
export interface TopicAnswer {
  topic: string
  code: number
  message: string | null
}

interface Resource {
  type: number
  name: string
  configNames?: readonly string[]
}

/** A topic's or broker's settings, or why they may not be read. */
export interface Described {
  name: string
  code: number
  settings: Record<string, string>
}

const require = createRequire(import.meta.url)
const protocol = (path: string) => require(`kafkajs/src/protocol/requests/${path}`)

// The newest versions that brokers from 0.11 (1.1) up to 4 have in common.
const createRequest = protocol('createTopics/v2/request') as (call: {
  topics: readonly NewTopic[]
  timeout: number
  validateOnly: boolean
}) => unknown
const createResponse = protocol('createTopics/v2/response') as {
  decode(raw: Buffer): Promise<{ topicErrors: { topic: string; errorCode: number; errorMessage: string | null }[] }>
}
const describeRequest = protocol('describeConfigs/v1/request') as (call: { resources: readonly Resource[] }) => unknown
const describeResponse = protocol('describeConfigs/v1/response') as {
  decode(raw: Buffer): Promise<{
    resources: {
      errorCode: number
      resourceName: string
      configEntries: { configName: string; configValue: string | null }[]
    }[]
  }>
}

const topicResource = 2
const brokerResource = 4
const createTimeout = 5_000

/** Have topics made, or (`validateOnly`) ask whether they could be; an answer for each. */
export async function requestTopics(
  cluster: Cluster,
  topics: readonly NewTopic[],
  validateOnly: boolean,
): Promise<TopicAnswer[]> {
  await cluster.refreshMetadata()
  const controller = await cluster.findControllerBroker()
  const request = createRequest({ topics, timeout: createTimeout, validateOnly })
  const { topicErrors } = await sent(controller, request, createResponse)
  return topicErrors.map(({ topic, errorCode, errorMessage }) => ({ topic, code: errorCode, message: errorMessage }))
}

/** Settings of topics with the broker's defaults, of those that are named and that the broker knows. */
export async function describeTopics(
  cluster: Cluster,
  topics: readonly string[],
  configNames: readonly string[],
): Promise<Described[]> {
  const resources = topics.map(name => ({ type: topicResource, name, configNames }))
  return described(await cluster.findControllerBroker(), resources)
}

/** Settings of a broker, of those that are named and that may be read. */
export async function brokerSettings(
  broker: ClusterBroker,
  configNames: readonly string[],
): Promise<Partial<Record<string, string>>> {
  const [answer] = await described(broker, [{ type: brokerResource, name: String(broker.nodeId), configNames }])
  return answer?.settings ?? {}
}

async function described(broker: ClusterBroker, resources: readonly Resource[]): Promise<Described[]> {
  const answer = await sent(broker, describeRequest({ resources }), describeResponse)
  return answer.resources.map(({ errorCode, resourceName, configEntries }) => ({
    name: resourceName,
    code: errorCode,
    settings: Object.fromEntries(configEntries.map(({ configName, configValue }) => [configName, configValue ?? ''])),
  }))
}

function sent<T>(broker: ClusterBroker, request: unknown, { decode }: { decode(raw: Buffer): Promise<T> }): Promise<T> {
  return broker.connectionPool.send({ request, response: { decode, parse: async data => data } })
}
