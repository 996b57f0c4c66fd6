import { setTimeout as delay } from 'node:timers/promises'
import type { Producer as KafkaProducer, Message, Transaction } from 'kafkajs'
import { RecstreamError } from '../../errors.ts'
import { failpoint } from '../../failpoint.ts'
import type { OutgoingRecord, Producer } from '../log.ts'
import { partitionOf } from '../partitioner.ts'
import { createClient, type KafkaSettings, producerRetry } from './client.ts'
import type { Connection } from './connection.ts'
import { isPassing, kafkaError } from './errors.ts'
import { partitionsOf } from './offsets.ts'

/** A request's records of one partition stay below the broker's limit of 1 MiB for a batch, bytes. */
const batchBytes = 900_000
/** Varints, lengths and a batch's share of its head, with room to spare, bytes. */
const overheadOfRecord = 40
const overheadOfHeader = 10
/** An abandoned transaction holds back all readers for this long at most, ms. */
const transactionTimeout = 30_000
const defaultAppendMs = 60_000
/** How long a failed append tries to find out how it ended, ms. */
const fenceWaitMs = 60_000
/** A client that is given up may not even disconnect: it has this long, ms. */
const farewellMs = 5_000

/**
 * A producer whose every append is one transaction.
 *
 * Caveat: an append that fails with LOG_UNAVAILABLE may have landed. No part of it can land any more, so read `newest`
 * to learn whether it did, before appending again.
 */
export async function openProducer(settings: KafkaSettings, connection: Connection, id: string): Promise<Producer> {
  let client = await fenced(settings, id, connectWaitMs)
  let state: 'open' | 'broken' | 'closed' = 'open'

  const recover = async (): Promise<void> => {
    await Promise.race([client.disconnect().catch(() => {}), delay(farewellMs, undefined, { ref: false })])
    try {
      client = await fenced(settings, id, fenceWaitMs)
    } catch {
      state = 'broken'
    }
  }

  /**
   * kafkajs repeats requests for longer than anybody should wait, and can lose one and wait for ever (seen on a starved
   * machine). Whoever waits goes on with a new client; fencing sees to it that nothing of the old one lands any more.
   */
  const answered = async (work: () => Promise<void>): Promise<void> => {
    const over = new AbortController()
    const limit = delay(settings.appendMs ?? defaultAppendMs, undefined, { signal: over.signal }).then(() => {
      settings.logger?.warn({ producer: id }, 'an append is not answered; its client is given up')
      throw new RecstreamError('LOG_UNAVAILABLE', `Kafka at ${settings.brokers.join(', ')} does not answer an append.`)
    })
    try {
      await Promise.race([work(), limit])
    } finally {
      over.abort()
    }
  }

  return {
    async append(topic, records) {
      if (records.length === 0) return
      if (state !== 'open') {
        throw new RecstreamError(
          'LOG_UNAVAILABLE',
          `The producer "${id}" is ${state}; open a new one and read the newest records first.`,
        )
      }
      const partitions = await connection.ask([topic], async cluster => partitionsOf(cluster, topic).length)
      const requests = cut(topic, records, partitions)
      let transaction: Transaction | undefined
      try {
        const appending = client
        await answered(async () => {
          transaction = await appending.transaction()
          for (const messages of requests) await transaction.send({ topic, messages, acks: -1 })
          failpoint('append.before')
          await transaction.commit()
          failpoint('append.after')
        })
      } catch (thrown) {
        const error = kafkaError(thrown, settings.brokers, topic)
        if (error.code === 'PRODUCER_FENCED') {
          state = 'broken'
          await client.disconnect().catch(() => {})
        } else if (isPassing(error) || !(await aborted(transaction))) {
          await recover()
        }
        throw error
      }
    },
    async close() {
      if (state === 'closed') return
      state = 'closed'
      await client.disconnect()
    },
  }
}

const connectWaitMs = 30_000

/** A connected client whose first transaction has begun and ended: no predecessor can append any more. */
async function fenced(settings: KafkaSettings, id: string, waitMs: number): Promise<KafkaProducer> {
  const deadline = performance.now() + waitMs
  for (;;) {
    const client = createClient(settings).producer({
      transactionalId: id,
      idempotent: true,
      maxInFlightRequests: 1,
      transactionTimeout,
      allowAutoTopicCreation: false,
      retry: producerRetry,
    })
    try {
      await client.connect()
      await (await client.transaction()).abort()
      return client
    } catch (thrown) {
      await client.disconnect().catch(() => {})
      const error = kafkaError(thrown, settings.brokers)
      if (!isPassing(error) || performance.now() > deadline) throw error
      await delay(100)
    }
  }
}

async function aborted(transaction: Transaction | undefined): Promise<boolean> {
  try {
    await transaction?.abort()
    return true
  } catch {
    return false
  }
}

/** Requests in the order of the records, none of which has too many bytes for any partition. */
function cut(topic: string, records: readonly OutgoingRecord[], partitions: number): Message[][] {
  const requests: Message[][] = []
  let request: Message[] = []
  let bytes = new Float64Array(partitions)
  for (const record of records) {
    const partition = record.partition ?? partitionOf(record.key, partitions)
    if (!(partition >= 0 && partition < partitions)) {
      throw new RecstreamError('TOPIC_INVALID', `${topic} has no partition ${partition}; it has ${partitions}.`)
    }
    const size = sizeOf(record)
    if (bytes[partition]! > 0 && bytes[partition]! + size > batchBytes) {
      requests.push(request)
      request = []
      bytes = new Float64Array(partitions)
    }
    bytes[partition]! += size
    const message: Message = { key: record.key, value: record.value, partition, timestamp: String(record.timestamp) }
    if (record.headers !== undefined) message.headers = record.headers
    request.push(message)
  }
  requests.push(request)
  return requests
}

function sizeOf({ key, value, headers }: OutgoingRecord): number {
  let size = overheadOfRecord + (value?.length ?? 0) + byteLength(key)
  if (headers !== undefined)
    for (const name in headers) size += overheadOfHeader + byteLength(name) + byteLength(headers[name]!)
  return size
}

function byteLength(text: Buffer | string | null): number {
  return text === null ? 0 : typeof text === 'string' ? Buffer.byteLength(text) : text.length
}
