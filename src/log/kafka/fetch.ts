import { createRequire } from 'node:module'
import { byTopic } from './by-topic.ts'
import type { ClusterBroker } from './client.ts'
import { emptyHead, readBatchHead, readLong } from './record-batch.ts'
import { zstdCodec } from './unpack.ts'
import { prepareZstd } from './zstd.ts'

/** One partition to fetch from, and what came back for it. */
interface FetchPartition {
  topic: string
  partition: number
  offset: number
}

export interface Fetched {
  topic: string
  partition: number
  /** Kafka's error code; 0 is none. */
  error: number
  /** Nothing below this offset can still be open or aborted later; what was asked for is read up to it. */
  stable: number
  aborted: { producer: number; first: number }[]
  records: Buffer
}

interface FetchLimits {
  maxWaitMs: number
  maxBytes: number
  maxPartitionBytes: number
}

const readCommitted = 1
const encodeRequest = createRequire(import.meta.url)('kafkajs/src/protocol/requests/fetch/v11/request') as (request: {
  replicaId: number
  maxWaitTime: number
  minBytes: number
  maxBytes: number
  isolationLevel: number
  topics: { topic: string; partitions: { partition: number; fetchOffset: string; maxBytes: number }[] }[]
}) => unknown

/** Ask one broker for what its partitions hold from the given offsets on, committed transactions only. */
export async function fetchFrom(
  broker: ClusterBroker,
  partitions: readonly FetchPartition[],
  { maxWaitMs, maxBytes, maxPartitionBytes }: FetchLimits,
): Promise<Fetched[]> {
  const request = encodeRequest({
    replicaId: -1,
    maxWaitTime: maxWaitMs,
    minBytes: 1,
    maxBytes,
    isolationLevel: readCommitted,
    topics: byTopic(partitions, ({ partition, offset }) => ({
      partition,
      fetchOffset: String(offset),
      maxBytes: maxPartitionBytes,
    })),
  })
  const fetched = await broker.connectionPool.send({
    request,
    response: { decode: async raw => ({ raw }), parse: async ({ raw }) => decodeResponse(raw) },
  })
  if (fetched.some(holdsZstd)) await prepareZstd()
  return fetched
}

/** Ask about one place for as little as can be: whether it may be read, and how far what is there is settled. */
export async function probe(broker: ClusterBroker, place: FetchPartition): Promise<Fetched | undefined> {
  const [answer] = await fetchFrom(broker, [place], { maxWaitMs: 0, maxBytes: 1, maxPartitionBytes: 1 })
  return answer
}

function holdsZstd(answer: Fetched): boolean {
  const { records } = answer
  const head = emptyHead()
  for (let at = 0; readBatchHead(records, at, records.length, head, answer); at += head.bytes) {
    if (head.codec === zstdCodec) return true
  }
  return false
}

/** Fetch response, version 11: throttle i32, error i16, session i32, topics. Records stay bytes. */
function decodeResponse(raw: Buffer): Fetched[] {
  const error = raw.readInt16BE(4)
  const fetched: Fetched[] = []
  if (error !== 0) throw new Error(`The broker refuses to be read from (code ${error}).`)
  let at = 10
  const int = () => raw.readInt32BE((at += 4) - 4)
  const long = () => readLong(raw, (at += 8) - 8)
  for (let topics = int(); topics > 0; topics--) {
    const length = raw.readInt16BE(at)
    const topic = raw.toString('utf8', at + 2, at + 2 + length)
    at += 2 + length
    for (let partitions = int(); partitions > 0; partitions--) {
      const partition = int()
      const code = raw.readInt16BE((at += 2) - 2)
      at += 8 // the high watermark: open transactions are below it
      const stable = long()
      at += 8 // the log's start
      const aborted: Fetched['aborted'] = []
      for (let count = int(); count > 0; count--) aborted.push({ producer: long(), first: long() })
      at += 4 // the preferred replica
      const bytes = Math.max(int(), 0)
      fetched.push({ topic, partition, error: code, stable, aborted, records: raw.subarray(at, at + bytes) })
      at += bytes
    }
  }
  return fetched
}
