import { connect as connectPlainly, isIP, type Socket } from 'node:net'
import { type ConnectionOptions, connect as connectWithTls } from 'node:tls'
import { addressOf, hostOf, nameOf } from './addresses.ts'

/** What kafkajs asks a socket with. */
interface SocketOptions {
  host: string
  port: number
  ssl?: ConnectionOptions | boolean
  onConnect: () => void
}

/**
 * A connection on which nothing was ever heard is given up after this long, ms; twice as long after each time, since a
 * busy broker is slow and no broker at all is silent too.
 */
const firstSilenceMs = 2_000
export const longestSilenceMs = 10_000
const keepAliveMs = 60_000

interface Failure {
  at: number
  silences: number
}

/** Addresses of this process that did not answer when they were last tried. */
const failures = new Map<string, Failure>()

/**
 * Sockets that give up a port which takes the connection and then says nothing.
 *
 * kafkajs has no limit for that and stays with such a broker; with a lost connection it goes on to the next one.
 */
export function openSocket({ host, port, ssl, onConnect }: SocketOptions): Socket {
  const address = addressOf(host, port)
  const target = { host: hostOf(host), port }
  const tls = typeof ssl === 'object' ? ssl : {}
  const socket = ssl
    ? connectWithTls({ ...target, ...(isIP(target.host) ? {} : { servername: target.host }), ...tls }, onConnect)
    : connectPlainly(target, onConnect)
  socket.setKeepAlive(true, keepAliveMs)

  const before = failures.get(address)?.silences ?? 0
  let silences = before
  let heard = false
  const silence = setTimeout(
    () => {
      silences += 1
      socket.destroy(Object.assign(new Error('it takes the connection and does not answer'), { code: 'ETIMEDOUT' }))
    },
    Math.min(firstSilenceMs * 2 ** before, longestSilenceMs),
  )
  const ended = () => {
    clearTimeout(silence)
    if (!heard) failures.set(address, { at: performance.now(), silences })
  }
  socket
    .once('data', () => {
      heard = true
      clearTimeout(silence)
      failures.delete(address)
    })
    // At once: kafkajs asks for the next address before the socket is closed.
    .once('error', ended)
    .once('close', ended)
  return socket
}

/** Addresses in the order to try them in: those that have not failed, then the one that failed longest ago. */
export function inOrderOfFailure(addresses: readonly string[]): string[] {
  const failedAt = (address: string) => failures.get(address)?.at ?? 0
  return addresses.toSorted((a, b) => failedAt(a) - failedAt(b))
}

/**
 * The bootstrap address to try next, as kafkajs's list of them.
 *
 *     new Kafka({ brokers: bootstrapFrom(['a:9092', 'b:9092']) })
 */
export function bootstrapFrom(addresses: readonly string[]): () => string[] {
  return () => inOrderOfFailure(addresses).slice(0, 1).map(nameOf)
}
