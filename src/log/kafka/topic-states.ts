import { setTimeout as delay } from 'node:timers/promises'
import type { Admin } from 'kafkajs'
import { RecstreamError } from '../../errors.ts'
import type { TopicFault, TopicSpec, TopicState } from '../log.ts'
import { ifUnknown } from '../names.ts'
import type { KafkaSettings } from './client.ts'
import type { Connection } from './connection.ts'
import { grantCommand, siblings } from './rights.ts'
import { deleteCommand, morePartitionsCommand, moreReplicasCommand } from './topic-commands.ts'
import { describeTopics } from './topic-requests.ts'
import { topicRules } from './topic-rules.ts'

const none = 0
const unknownTopic = 3
/** Copies with which a broker may be lost while another one is away for a restart. */
const goodReplicas = 3
/** Brokers hear of what was made or deleted one after the other: within this long, ms. */
const spreadMs = 30_000
const pauseMs = 100

/** Where the copies of a topic's partitions lie: node ids by partition. */
type Layout = readonly { partition: number; replicas: readonly number[] }[]

/** How topics are, beside how they should be, as far as this user may know. */
export async function topicStates(
  settings: KafkaSettings,
  admin: Pick<Admin, 'listTopics' | 'describeCluster'>,
  connection: Connection,
  specs: readonly TopicSpec[],
): Promise<TopicState[]> {
  const deadline = performance.now() + spreadMs
  for (;;) {
    const states = await statesNow(settings, admin, connection, specs).catch(ifUnknown)
    if (states !== undefined) return states
    if (performance.now() > deadline) {
      throw new RecstreamError('LOG_UNAVAILABLE', 'The brokers do not agree on which topics there are; try again.')
    }
    await delay(pauseMs)
  }
}

/** The same at one look; undefined where some brokers know a topic and others do not, as after it was made or deleted. */
async function statesNow(
  settings: KafkaSettings,
  admin: Pick<Admin, 'listTopics' | 'describeCluster'>,
  connection: Connection,
  specs: readonly TopicSpec[],
): Promise<TopicState[] | undefined> {
  const present = new Set(await admin.listTopics())
  const there = specs.map(({ name }) => name).filter(name => present.has(name))
  if (there.length === 0) return specs.map(({ name }) => ({ name, partitions: 0, replicas: 0, faults: [] }))
  const nodes = (await admin.describeCluster()).brokers.map(({ nodeId }) => nodeId)
  const layouts = await connection.ask(there, async cluster => {
    const layoutOf = (topic: string): Layout =>
      cluster
        .findTopicPartitionMetadata(topic)
        .map(({ partitionId, replicas }) => ({ partition: partitionId, replicas }))
    return new Map(there.map(name => [name, layoutOf(name)]))
  })
  const known = await settingsByTopic(connection, there)
  if (known === undefined) return undefined
  return specs.map(spec => {
    const layout = layouts.get(spec.name)
    if (layout === undefined) return { name: spec.name, partitions: 0, replicas: 0, faults: [] }
    const replicas = Math.min(...layout.map(each => each.replicas.length))
    const described = known.get(spec.name)
    const faults = [
      ...partitionFaults(spec, layout.length, connection.brokers),
      ...replicaFaults(spec.name, layout, nodes, connection.brokers),
      ...(described === undefined
        ? [unreadable(settings, spec.name)]
        : settingFaults(spec, { replicas, settings: described })),
    ]
    return { name: spec.name, partitions: layout.length, replicas, faults }
  })
}

/** Settings of the topics that this user may look at; undefined where one is not known. */
async function settingsByTopic(
  connection: Connection,
  topics: readonly string[],
): Promise<Map<string, Record<string, string>> | undefined> {
  const names = topicRules.map(({ setting }) => setting)
  const answers = await connection.ask([], cluster => describeTopics(cluster, topics, names))
  if (answers.some(({ code }) => code === unknownTopic)) return undefined
  return new Map(answers.filter(({ code }) => code === none).map(({ name, settings }) => [name, settings]))
}

/**
 * What is wrong with the settings of a topic.
 *
 *     settingFaults({ name: 'shop.items', partitions: 1, compacted: true }, { replicas: 3, settings: { 'cleanup.policy': 'delete' } })
 */
export function settingFaults(
  spec: TopicSpec,
  facts: { replicas: number; settings: Readonly<Record<string, string>> },
): TopicFault[] {
  return topicRules.flatMap(({ setting, wanted, judge }) => {
    const value = facts.settings[setting]
    const verdict = value === undefined ? null : judge(value, spec, facts)
    if (verdict === null) return []
    const { refused, why } = verdict
    return [{ topic: spec.name, setting, value: value!, wanted: verdict.wanted ?? wanted(spec)!, why, refused }]
  })
}

function partitionFaults(
  { name, partitions, exact = false }: TopicSpec,
  found: number,
  brokers: readonly string[],
): TopicFault[] {
  const fault = { topic: name, setting: 'partitions', value: String(found), wanted: String(partitions), refused: true }
  if (found < partitions) {
    const why = `${partitions} are asked for; add partitions to it, or ask for ${found}`
    return [{ ...fault, why, command: morePartitionsCommand(brokers, name, partitions) }]
  }
  if (!exact || found === partitions) return []
  const why = `only ${partitions === 1 ? 'the first' : `the first ${partitions}`} would be read; make it anew, its records go`
  return [{ ...fault, why, command: deleteCommand(brokers, name) }]
}

function replicaFaults(
  topic: string,
  layout: Layout,
  nodes: readonly number[],
  brokers: readonly string[],
): TopicFault[] {
  if (nodes.length < 2 || layout.some(({ replicas }) => replicas.length !== 1)) return []
  const wanted = Math.min(goodReplicas, nodes.length)
  const why = 'there is one copy of each record, which is lost with its broker'
  const spread = layout.map(({ partition, replicas: [first] }) => {
    const others = nodes.filter(node => node !== first)
    const replicas = [first!, ...others.map((_, k) => others[(partition + k) % others.length]!)].slice(0, wanted)
    return { topic, partition, replicas }
  })
  const command = moreReplicasCommand(brokers, topic, spread)
  return [{ topic, setting: 'replicas', value: '1', wanted: String(wanted), why, refused: false, command }]
}

function unreadable(settings: KafkaSettings, topic: string): TopicFault {
  const why = 'without the right DescribeConfigs nobody knows what is kept and taken'
  const command = grantCommand(settings, { operation: 'DescribeConfigs', resource: 'topic', ...siblings(topic) })
  return { topic, setting: 'settings', value: 'hidden', wanted: 'DescribeConfigs', why, refused: false, command }
}
