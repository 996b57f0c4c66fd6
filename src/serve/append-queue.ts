import { RecstreamError } from '../errors.ts'
import type { Log, OutgoingRecord, Producer } from '../log/log.ts'

/** Records of many requests, appended together. */
export interface AppendQueue {
  /** Resolves once the log has all of them; SERVER_BUSY at once where they find no room, LOG_UNAVAILABLE when they may have landed. */
  append(topic: string, records: readonly OutgoingRecord[]): Promise<void>
  /** Records that wait, or are on their way. */
  readonly waiting: number
  /** Resolves when nothing waits any more; what comes after is refused. */
  close(): Promise<void>
}

export interface AppendQueueOptions {
  log: Pick<Log, 'producer'>
  /** Its own among all processes, so that it shuts nobody out. */
  producer: string
  /** More than this many records, or bytes, do not wait. */
  maxRecords?: number
  maxBytes?: number
}

/** An append takes this much at most, as of `recstream send`. */
const batchRecords = 1_000
const batchBytes = 768 * 1024

interface Request {
  records: readonly OutgoingRecord[]
  bytes: number
  resolve: () => void
  reject: (error: unknown) => void
}

/**
 * A bounded queue in front of a producer: what comes while an append is on its way goes with the next one.
 *
 *     const queue = appendQueue({ log, producer: 'shop.serve.host.4711' })
 *     await queue.append('shop.items', [{ key: '7', value, timestamp }])
 */
export function appendQueue(options: AppendQueueOptions): AppendQueue {
  const { log, producer: id, maxRecords = 20_000, maxBytes = 32 * 1024 * 1024 } = options
  const waiting = new Map<string, Request[]>()
  let records = 0
  let bytes = 0
  let closed = false
  let producer: Producer | null = null
  let working: Promise<void> | null = null

  /** What goes next of the topic that has waited longest: whole requests, so that each hears at once. */
  const take = (): [topic: string, batch: Request[]] | null => {
    const [next] = waiting
    if (next === undefined) return null
    const [topic, queue] = next
    let count = 0
    let size = 0
    let taken = 0
    for (const request of queue) {
      if (taken > 0 && (count + request.records.length > batchRecords || size + request.bytes > batchBytes)) break
      count += request.records.length
      size += request.bytes
      taken++
    }
    waiting.delete(topic)
    if (taken < queue.length) waiting.set(topic, queue.slice(taken))
    return [topic, queue.slice(0, taken)]
  }

  const work = async () => {
    for (let next = take(); next !== null; next = take()) {
      const [topic, batch] = next
      try {
        producer ??= await log.producer(id)
        await producer.append(
          topic,
          batch.flatMap(request => request.records),
        )
        for (const { resolve } of batch) resolve()
      } catch (error) {
        for (const { reject } of batch) reject(error)
        // A producer may be of no use after a failure; the next append opens another one.
        await producer?.close().catch(() => {})
        producer = null
      } finally {
        for (const request of batch) {
          records -= request.records.length
          bytes -= request.bytes
        }
      }
    }
    working = null
  }

  return {
    get waiting() {
      return records
    },
    append(topic, given) {
      const size = given.reduce((sum, { key, value }) => sum + (key?.length ?? 0) + (value?.length ?? 0), 0)
      if (closed) return Promise.reject(new RecstreamError('SERVER_BUSY', 'The service is stopping; ask another one.'))
      if (records + given.length > maxRecords || bytes + size > maxBytes) {
        return Promise.reject(
          new RecstreamError('SERVER_BUSY', 'More is written than the log takes in; send it again in a moment.'),
        )
      }
      records += given.length
      bytes += size
      const result = new Promise<void>((resolve, reject) => {
        const request = { records: given, bytes: size, resolve, reject }
        const queue = waiting.get(topic)
        if (queue === undefined) waiting.set(topic, [request])
        else queue.push(request)
      })
      working ??= Promise.resolve().then(work)
      return result
    },
    async close() {
      closed = true
      while (working !== null) await working
      await producer?.close()
    },
  }
}
