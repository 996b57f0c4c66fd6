import type { LogRecord } from '../log.ts'
import type { Cluster } from './client.ts'
import type { Connection } from './connection.ts'
import { fetchFrom } from './fetch.ts'
import { fetchError } from './fetch-error.ts'
import { leaderOf, ranges } from './offsets.ts'
import { PartitionBuffer } from './partition-buffer.ts'

/** How many offsets before the end are looked at first; four times as many each time that nothing is found. */
const firstLook = 4

/** A commit is acknowledged before its marker is in the log; that takes milliseconds, an abandoned transaction longer. */
const openTransactionWaitMs = 2_000
const idleFetchMs = 50

/** The newest committed record of every partition that has one, looked for from the end backwards. */
export async function newestRecords(connection: Connection, topic: string): Promise<LogRecord[]> {
  const known = await ranges(connection, topic)
  const found: LogRecord[] = []
  const deadline = performance.now() + openTransactionWaitMs
  let open = known.map(range => ({ ...range, to: range.end })).filter(({ first, end }) => end > first)
  for (let back = firstLook; open.length > 0; back *= 4) {
    const looks = open.map(look => ({ ...look, from: Math.max(look.first, look.end - back) }))
    const records = await connection.ask([topic], cluster =>
      Promise.all(looks.map(look => lastBetween(cluster, topic, look, deadline))),
    )
    found.push(...records.filter(record => record !== null))
    open = looks
      .filter((look, i) => records[i] === null && look.from > look.first)
      .map(look => ({ ...look, to: look.from }))
  }
  return found.sort((a, b) => a.partition - b.partition)
}

/** The newest visible record of a partition with an offset in [from, to). */
async function lastBetween(
  cluster: Cluster,
  topic: string,
  { partition, from, to }: { partition: number; from: number; to: number },
  deadline: number,
): Promise<LogRecord | null> {
  const buffer = new PartitionBuffer(topic, partition, from)
  let last: LogRecord | null = null
  while (buffer.next < to) {
    const broker = await leaderOf(cluster, topic, partition)
    const limits = { maxWaitMs: idleFetchMs, maxBytes: 8 * 1024 * 1024, maxPartitionBytes: 8 * 1024 * 1024 }
    const [answer] = await fetchFrom(broker, [{ topic, partition, offset: buffer.fetchOffset }], limits)
    if (answer!.error !== 0) throw fetchError(answer!.error, topic, partition)
    buffer.add(answer!)
    if (answer!.records.length === 0) {
      // What lies beyond belongs to transactions that are still open.
      if (buffer.fetchOffset >= answer!.stable && performance.now() > deadline) break
      buffer.skipTo(answer!.stable)
    }
    const records: LogRecord[] = []
    buffer.take(Number.POSITIVE_INFINITY, records)
    last = records.findLast(({ offset }) => offset < to) ?? last
  }
  return last === null ? null : ownCopy(last)
}

// One record must not keep the whole answer in memory.
function ownCopy(record: LogRecord): LogRecord {
  const copy = (bytes: Buffer | null) => (bytes === null ? null : Buffer.from(bytes))
  const headers: Record<string, Buffer> = Object.create(null)
  for (const [name, value] of Object.entries(record.headers)) headers[name] = Buffer.from(value)
  return { ...record, key: copy(record.key), value: copy(record.value), headers }
}
