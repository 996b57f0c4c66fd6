import { RecstreamError } from '../../errors.ts'
import { unknownTopic } from '../names.ts'
import { addressOf } from './addresses.ts'
import { denied } from './rights.ts'

interface ClientError extends Error {
  type?: string
  code?: unknown
  /** Of a lost connection: host and port. */
  broker?: string
  errors?: ClientError[]
}

/**
 * Codes of what will be as wrong on the next try: a certificate that does not hold, or no common TLS at that port.
 * Others, such as an end of file within the handshake, are what a broker that restarts looks like.
 */
const tlsRefusals = new RegExp(
  `^(${[
    'CERT_\\w+',
    'CRL_\\w+',
    'ERROR_IN_(CERT|CRL)_\\w+',
    'UNABLE_TO_\\w+',
    'SELF_SIGNED_\\w+',
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED',
    'ERR_TLS_CERT_\\w+',
    'ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|RECORD_LAYER_FAILURE|UNSUPPORTED_PROTOCOL|UNKNOWN_PROTOCOL)',
    'ERR_SSL_(NO_PROTOCOLS_AVAILABLE|NO_SHARED_CIPHER|NO_CIPHERS_AVAILABLE|CERTIFICATE_\\w+)',
    'ERR_SSL_.*ALERT_(HANDSHAKE_FAILURE|PROTOCOL_VERSION|INSUFFICIENT_SECURITY|ACCESS_DENIED|UNKNOWN_CA|\\w*CERTIFICATE\\w*)',
  ].join('|')})$`,
)

/** An error of the client as one of ours; secrets never get into it. */
export function kafkaError(thrown: unknown, brokers: readonly string[], topic?: string): RecstreamError {
  if (thrown instanceof RecstreamError) return thrown
  const chain = causes(thrown)
  const types = new Set(chain.map(({ type }) => type))
  const has = (...wanted: string[]) => wanted.some(type => types.has(type))
  const message = chain[0]?.message ?? String(thrown)
  const where = brokers.join(', ')

  if (has('PRODUCER_FENCED', 'INVALID_PRODUCER_EPOCH')) {
    return new RecstreamError('PRODUCER_FENCED', 'A newer process writes under the same id; this one must stop.', {
      cause: thrown,
    })
  }
  // Only what the broker answered is a refusal: kafkajs calls a connection lost on the way a failed authentication too.
  if (has('SASL_AUTHENTICATION_FAILED', 'UNSUPPORTED_SASL_MECHANISM', 'ILLEGAL_SASL_STATE')) {
    return new RecstreamError(
      'LOG_AUTHENTICATION',
      `The broker at ${where} refuses this user; check mechanism, user name and password.`,
    )
  }
  const denial = [...types].find(type => type?.endsWith('_AUTHORIZATION_FAILED'))
  if (denial !== undefined) return denied(denial, brokers, topic)
  const refusal = chain.findLast(({ code }) => typeof code === 'string' && tlsRefusals.test(code))
  if (refusal !== undefined) {
    return new RecstreamError(
      'LOG_AUTHENTICATION',
      `TLS with ${where} failed (${refusal.message}); check the listener's port and give the CA that signed its certificate.`,
    )
  }
  if (has('MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE')) {
    return new RecstreamError(
      'RECORD_TOO_LARGE',
      `A record for ${topic} is larger than its broker allows; raise max.message.bytes of the topic or send less.`,
    )
  }
  if (has('INVALID_TIMESTAMP')) {
    return new RecstreamError(
      'RECORD_INVALID',
      `A record for ${topic} has a time that its broker refuses; see message.timestamp.after.max.ms of the topic.`,
    )
  }
  if (has('UNKNOWN_TOPIC_OR_PARTITION') && topic !== undefined) return unknownTopic(topic)
  if (has('INVALID_TOPIC_EXCEPTION'))
    return new RecstreamError('TOPIC_INVALID', `The broker refuses the topic: ${message}`)
  const lost = chain.find(({ name, broker }) => name === 'KafkaJSConnectionError' && broker !== undefined)
  const unreached = lost !== undefined && (lost.code === undefined || unreachable.has(lost.code))
  if (unreached) {
    const [, host, port] = /^(.*):(\d+)$/.exec(lost.broker!)!
    const address = addressOf(host!, Number(port))
    return brokers.includes(address) ? noBroker(brokers, thrown) : notReached(address, brokers, thrown)
  }
  // One that is frozen, or cut off, is no other thing to people than one that is not there.
  const silent = chain.some(({ name }) => name === 'KafkaJSRequestTimeoutError')
  if (silent && brokers.length === 1) return noBroker(brokers, thrown)
  // Within a login it is that what people must know of.
  const within = chain.some(({ name }) => name === 'KafkaJSSASLAuthenticationError')
  if (!within && chain.some(({ code }) => code === 'ECONNRESET' || code === 'EPIPE')) {
    return new RecstreamError(
      'LOG_UNAVAILABLE',
      `Kafka at ${where} cut the connection off: it is stopping or starting, or something else has this port; try again in a moment, or check --brokers.`,
      { cause: thrown },
    )
  }
  return new RecstreamError('LOG_UNAVAILABLE', `Kafka at ${where} does not do what is asked now: ${message}`, {
    cause: thrown,
  })
}

/** Codes of a connection that did not come about; without one, nothing came back. */
const unreachable: ReadonlySet<unknown> = new Set([
  ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL'],
])

/** A bootstrap address answers, and names a broker to which there is no way from here. */
function notReached(address: string, brokers: readonly string[], cause: unknown): RecstreamError {
  const where = brokers.length === 0 ? 'Kafka' : `Kafka at ${brokers.join(', ')}`
  return new RecstreamError(
    'LOG_UNAVAILABLE',
    `${where} sends clients on to ${address}, and nothing answers there from here; bring that broker up, or set its advertised.listeners to an address that clients reach.`,
    { cause },
  )
}

export function noBroker(brokers: readonly string[], cause?: unknown): RecstreamError {
  return new RecstreamError(
    'LOG_UNAVAILABLE',
    `No Kafka broker answers at ${brokers.join(', ')}; start one with \`npx recstream kafka\` or give --brokers.`,
    { cause },
  )
}

/** Whether the broker may well do it in a moment. */
export function isPassing(error: RecstreamError): boolean {
  return error.code === 'LOG_UNAVAILABLE'
}

function causes(thrown: unknown): ClientError[] {
  const chain: ClientError[] = []
  const visit = (error: unknown): void => {
    if (!(error instanceof Error) || chain.includes(error) || chain.length > 20) return
    chain.push(error)
    visit(error.cause)
    for (const part of (error as ClientError).errors ?? []) visit(part)
  }
  visit(thrown)
  return chain
}
