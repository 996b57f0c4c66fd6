import { setTimeout as delay } from 'node:timers/promises'
import { RecstreamError } from '../../errors.ts'
import type { TopicSpec } from '../log.ts'
import { ifUnknown } from '../names.ts'
import type { KafkaSettings } from './client.ts'
import type { Connection } from './connection.ts'
import { missing, siblings } from './rights.ts'
import { brokerSettings, requestTopics, type TopicAnswer } from './topic-requests.ts'
import { settingsOf } from './topic-rules.ts'

/** Brokers may be on their way up, and fewer than a topic needs copies: this long, ms. */
const patienceMs = 10_000
const pauseMs = 200

const codes = {
  none: 0,
  timedOut: 7,
  topicDenied: 29,
  clusterDenied: 31,
  exists: 36,
  invalidReplication: 38,
  invalidSetting: 40,
  notController: 41,
  throttled: 89,
} as const

/** What the cluster's administrator decided. */
const standardReplicas = -1

/**
 * Create topics that were not there a moment ago; one that another process made meanwhile is left as it is.
 *
 * `validateOnly` asks whether they could be, and makes none. Settings that the broker does not know are left out. What it refuses is an error with its own reason, and is not tried again.
 */
export async function createTopics(
  settings: KafkaSettings,
  connection: Connection,
  specs: readonly TopicSpec[],
  { validateOnly = false }: { validateOnly?: boolean } = {},
): Promise<void> {
  const deadline = performance.now() + patienceMs
  const unknown = new Set<string>()
  let left = specs
  let replicas = standardReplicas
  while (left.length > 0) {
    const wanted = left.map(spec => ({
      topic: spec.name,
      numPartitions: spec.partitions,
      replicationFactor: replicas,
      configEntries: Object.entries(settingsOf(spec, unknown)).map(([name, value]) => ({ name, value })),
    }))
    const answers = await connection.ask([], cluster => requestTopics(cluster, wanted, validateOnly))
    const refusals = answers.filter(({ code }) => code !== codes.none && code !== codes.exists)
    left = left.filter(({ name }) => refusals.some(({ topic }) => topic === name))
    const named = refusals.map(refusal => unknownSetting(refusal, wanted)).find(setting => setting !== undefined)
    if (named !== undefined) {
      unknown.add(named)
      continue
    }
    const standard = await standardFor(connection, refusals, replicas)
    if (standard !== undefined) {
      replicas = standard
      continue
    }
    const hopeless = refusals.filter(({ code }) => !passing.has(code))
    if (hopeless.length > 0 || (refusals.length > 0 && performance.now() > deadline)) {
      // One that this user may not see is denied in the same words as one that it may not make.
      await connection.ask([refusals[0]!.topic], async () => {}).catch(ifUnknown)
      throw refusalOf(settings, hopeless.length > 0 ? hopeless : refusals)
    }
    if (refusals.length > 0) await delay(pauseMs)
  }
}

const passing: ReadonlySet<number> = new Set([
  codes.timedOut,
  codes.notController,
  codes.invalidReplication,
  codes.throttled,
])

/** The setting that a broker says it does not know, of those that it was given. */
function unknownSetting(
  { topic, code, message }: TopicAnswer,
  wanted: readonly { topic: string; configEntries: readonly { name: string }[] }[],
): string | undefined {
  if (code !== codes.invalidSetting || !/unknown/i.test(message ?? '')) return undefined
  const given = wanted.find(each => each.topic === topic)?.configEntries ?? []
  return given.map(({ name }) => name).find(name => message!.includes(name))
}

/** Before Kafka 2.4 a broker must be told its own default of copies. */
async function standardFor(
  connection: Connection,
  refusals: readonly TopicAnswer[],
  replicas: number,
): Promise<number | undefined> {
  const refused = refusals.some(
    ({ code, message }) => code === codes.invalidReplication && /larger than 0/.test(message ?? ''),
  )
  if (!refused || replicas !== standardReplicas) return undefined
  const setting = 'default.replication.factor'
  const found = await connection.ask([], async cluster =>
    brokerSettings(await cluster.findControllerBroker(), [setting]),
  )
  return found[setting] === undefined ? undefined : Number(found[setting])
}

/**
 * Why a broker makes no topics, in its own words.
 *
 *     refusalOf(settings, [{ topic: 'shop.items', code: 44, message: 'Names begin with a team.' }]).code   // 'TOPIC_INVALID'
 */
export function refusalOf(settings: KafkaSettings, refusals: readonly TopicAnswer[]): RecstreamError {
  const [{ topic, code, message }] = refusals as [TopicAnswer]
  const byHand = `\`recstream topics -p ${topic.split('.')[0]} --print\` says how to make them by hand`
  if (code === codes.topicDenied || code === codes.clusterDenied) {
    const lacking = missing(settings, { operation: 'Create', resource: 'topic', ...siblings(topic) })
    return new RecstreamError(lacking.code, `${lacking.message} Or ${byHand}.`)
  }
  const topics = refusals.map(refusal => refusal.topic).join(', ')
  const reason = (message ?? `error code ${code}`).replace(/\.$/, '')
  return new RecstreamError('TOPIC_INVALID', `The broker does not make ${topics}: ${reason}; ${byHand}.`)
}
