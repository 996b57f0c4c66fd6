import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Kafka, logLevel } from 'kafkajs'
import { startBroker } from '../src/log/kafka/broker.ts'
import { openKafkaLog } from '../src/log/kafka/kafka-log.ts'
import type { Log, OutgoingRecord } from '../src/log/log.ts'
import { partitionOf } from '../src/log/partitioner.ts'
import type { Row } from './results.ts'

const partitions = 6
const valueBytes = 200
const rounds = 5
/** Transactions of a round, by how many records each has. */
const transactions = { 500: 40, 10000: 5 }

interface Way {
  name: string
  append(records: readonly OutgoingRecord[]): Promise<void>
}

/**
 * Our producer beside kafkajs's transactional one: transactions of 500 and of 10,000 records over six partitions, in
 * turns on the same topic. On a broker of its own, or on those given as `--brokers host:port,host:port`.
 */
export async function benchProduce(given: readonly string[] | null, say: (line: string) => void): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'recstream-bench-'))
  const broker = given === null ? await startBroker({ folder, onLine: say }) : null
  const brokers = [...(given ?? broker!.brokers)]
  const log = await openKafkaLog({ brokers })
  try {
    return await measured(log, brokers, say)
  } finally {
    await log.close()
    await broker?.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function measured(log: Log, brokers: string[], say: (line: string) => void): Promise<Row[]> {
  const topic = `bench.produce.${Date.now()}`
  await log.ensureTopics([{ name: topic, partitions }])
  const plain = new Kafka({ brokers, logLevel: logLevel.NOTHING }).producer({
    transactionalId: `${topic}.kafkajs`,
    idempotent: true,
    maxInFlightRequests: 1,
    retry: { initialRetryTime: 5, retries: 20, multiplier: 1.5, factor: 0.2 },
  })
  await plain.connect()
  const own = await log.producer(`${topic}.own`)
  const ways: Way[] = [
    { name: 'own', append: records => own.append(topic, records) },
    {
      name: 'kafkajs',
      async append(records) {
        const transaction = await plain.transaction()
        const messages = records.map(({ key, value, timestamp, headers }) => ({
          ...{ key, value, headers: { ...headers } },
          partition: partitionOf(key, partitions),
          timestamp: String(timestamp),
        }))
        await transaction.send({ topic, messages, acks: -1 })
        await transaction.commit()
      },
    },
  ]
  const rows: Row[] = []
  for (const [size, count] of Object.entries(transactions)) {
    const records = recordsOf(Number(size))
    const times = new Map(ways.map(({ name }) => [name, [] as number[]]))
    for (const way of ways) await way.append(records)
    for (let round = 0; round < rounds; round++) {
      for (const { name, append } of round % 2 === 0 ? ways : ways.toReversed()) {
        for (let i = 0; i < count; i++) {
          const started = performance.now()
          await append(records)
          times.get(name)!.push(performance.now() - started)
        }
      }
      say(`transactions of ${size} records: round ${round + 1} of ${rounds}`)
    }
    for (const { name } of ways) {
      const sorted = times.get(name)!.toSorted((a, b) => a - b)
      const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!
      const total = sorted.reduce((sum, ms) => sum + ms, 0)
      const what = `${name}, ${Number(size).toLocaleString('en')} records a transaction`
      rows.push({ what: `${what}: records`, value: (1000 * sorted.length * Number(size)) / total, unit: 'per second' })
      rows.push(
        { what: `${what}: p50`, value: at(0.5), unit: 'ms' },
        { what: `${what}: p99`, value: at(0.99), unit: 'ms' },
      )
    }
  }
  await plain.disconnect()
  await own.close()
  return rows
}

function recordsOf(count: number): OutgoingRecord[] {
  return Array.from({ length: count }, (_, i) => ({
    key: `user-${i % 997}`,
    timestamp: 1_700_000_000_000 + i,
    value: Buffer.alloc(valueBytes, `${i} `),
    headers: { 'recstream-sequence': String(i) },
  }))
}
