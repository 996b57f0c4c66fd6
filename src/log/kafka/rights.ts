import { X509Certificate } from 'node:crypto'
import { RecstreamError } from '../../errors.ts'
import type { KafkaSettings } from './client.ts'

/** What Kafka has rights on, as `kafka-acls` calls it. */
export type Resource = 'topic' | 'group' | 'transactional-id' | 'cluster'

/** A right by the name that Kafka has for it. */
export interface Right {
  operation: 'Create' | 'Delete' | 'Describe' | 'DescribeConfigs' | 'IdempotentWrite' | 'Read' | 'Write'
  resource: Resource
  /** Of a topic, group or transactional id. */
  name?: string
  /** On all whose names begin so. */
  prefixed?: true
}

export const describe = (topic: string): Right => ({ operation: 'Describe', resource: 'topic', name: topic })
export const read = (topic: string): Right => ({ operation: 'Read', resource: 'topic', name: topic })
export const write = (topic: string): Right => ({ operation: 'Write', resource: 'topic', name: topic })

const resources: Record<string, Resource> = {
  TOPIC_AUTHORIZATION_FAILED: 'topic',
  GROUP_AUTHORIZATION_FAILED: 'group',
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: 'transactional-id',
  CLUSTER_AUTHORIZATION_FAILED: 'cluster',
}

/** A broker's answer that a right is missing: it does not say which one, whoever asked knows. */
class Denial extends Error {
  readonly resource: Resource | undefined
  readonly topic: string | undefined

  constructor(type: string, topic: string | undefined) {
    super(type)
    this.name = 'Denial'
    this.resource = resources[type]
    this.topic = topic
  }
}

/** An error for a broker's answer of this type, before anybody has said which right it is about. */
export function denied(type: string, brokers: readonly string[], topic?: string): RecstreamError {
  return new RecstreamError(
    'LOG_FORBIDDEN',
    `Kafka${brokers.length === 0 ? '' : ` at ${brokers.join(', ')}`} denies access${topic === undefined ? '' : ` to ${topic}`} (${type}); ask for the right.`,
    { cause: new Denial(type, topic) },
  )
}

/** What a denied error is about; null for any other error. */
export function denialOf(error: unknown): { resource: Resource | undefined; topic: string | undefined } | null {
  return error instanceof RecstreamError && error.cause instanceof Denial ? error.cause : null
}

/**
 * The right that is missing, and the command that gives it.
 *
 *     missing(settings, { operation: 'Write', resource: 'topic', name: 'shop.items' }).message
 *     // 'User:shop lacks the right Write on the topic shop.items; an administrator grants it: `kafka-acls … --topic shop.items`'
 */
export function missing(settings: KafkaSettings, right: Right): RecstreamError {
  const { operation, resource, name, prefixed } = right
  const what = `the ${resource.replace('-', ' ')}${prefixed ? 's' : ''} ${name}${prefixed ? '…' : ''}`
  const on = resource === 'cluster' ? 'the cluster' : what
  return new RecstreamError(
    'LOG_FORBIDDEN',
    `${principalOf(settings)} lacks the right ${operation} on ${on}; an administrator grants it: \`${grantCommand(settings, right)}\`.`,
  )
}

/** The command that gives a right. */
export function grantCommand(settings: KafkaSettings, { operation, resource, name, prefixed }: Right): string {
  const which = resource === 'cluster' ? '--cluster' : `--${resource} ${quoted(name!)}`
  const pattern = prefixed === undefined ? '' : ' --resource-pattern-type prefixed'
  return `kafka-acls --bootstrap-server ${settings.brokers[0]} --add --allow-principal ${quoted(principalOf(settings))} --operation ${operation} ${which}${pattern}`
}

/** A topic with all those of its pipeline. */
export function siblings(topic: string): { name: string; prefixed?: true } {
  const prefix = topic.slice(0, topic.lastIndexOf('.') + 1)
  return prefix === '' ? { name: topic } : { name: prefix, prefixed: true }
}

/** Do something that takes these rights; where the broker denies one, the error says which and how to get it. */
export async function allowed<T>(
  settings: KafkaSettings,
  rights: readonly Right[],
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const denial = denialOf(error)
    const right = rights.find(({ resource }) => resource === denial?.resource)
    if (right === undefined) throw error
    throw missing(settings, denial?.topic === undefined ? right : { ...right, name: denial.topic })
  }
}

/** Who we are to the brokers, unless they map names otherwise. */
function principalOf({ sasl, ssl }: KafkaSettings): string {
  if (sasl !== undefined) return `User:${sasl.username}`
  const certificate = typeof ssl === 'object' ? ssl.cert : undefined
  if (certificate === undefined) return 'User:ANONYMOUS'
  // Kafka names the parts of a subject the other way round.
  return `User:${new X509Certificate(certificate).subject.split('\n').reverse().join(',')}`
}

function quoted(text: string): string {
  return /^[\w.:=,@-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`
}
