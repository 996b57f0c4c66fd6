import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { detectBrokerRuntime, run } from '../../../src/log/kafka/broker-runtime.ts'
import { openKafkaLog } from '../../../src/log/kafka/kafka-log.ts'
import { unpack } from '../../../src/log/kafka/unpack.ts'
import { prepareZstd } from '../../../src/log/kafka/zstd.ts'
import { partitionOf } from '../../../src/log/partitioner.ts'
import { describeKafka } from '../../kafka/brokers.ts'
import { from, readAll, values } from '../fixtures/read.ts'

const source = fileURLToPath(new URL('../fixtures/Produce.java', import.meta.url))
const runtime = await detectBrokerRuntime()
const compiler = (await run('java', ['--list-modules']))?.output.includes('jdk.compiler') ?? false

describeKafka("records of Kafka's own Java producer", broker => {
  // Lines that repeat themselves near and far, and some that do not compress at all; the first word is the key.
  const lines = Array.from(
    { length: 5_000 },
    (_, i) => `schlüssel-${i % 600} ${i} ${'abc'.repeat(i % 50)} ${(i * 2654435761) % 4294967296} the same words again`,
  )

  test.runIf(runtime?.kind === 'java' && compiler).each(['none', 'gzip', 'snappy', 'lz4', 'zstd'])(
    'packed with %s, placed by the same rule',
    async codec => {
      const topic = `packed.${randomUUID()}`
      const log = await openKafkaLog({ brokers: broker().brokers })
      try {
        await log.ensureTopics([{ name: topic, partitions: 5 }])
        await produce(broker().brokers[0]!, topic, codec, lines)
        const records = await readAll(log, from(topic, 5))
        expect(values(records).sort()).toEqual(lines.toSorted())
        for (const { key, partition } of records) expect(partition).toBe(partitionOf(key!.toString(), 5))
      } finally {
        await log.close()
      }
    },
  )
})

async function produce(broker: string, topic: string, codec: string, lines: string[]): Promise<void> {
  if (runtime?.kind !== 'java') throw new Error('There is no Java.')
  const child = spawn(
    'java',
    ['-XX:TieredStopAtLevel=1', '-cp', join(runtime.jars, '*'), source, broker, topic, codec],
    {
      stdio: ['pipe', 'ignore', 'pipe'],
    },
  )
  let errors = ''
  child.stderr.on('data', data => (errors += data))
  child.stdin.end(`${lines.join('\n')}\n`)
  const status = await new Promise(resolve => child.on('close', resolve))
  if (status !== 0) throw new Error(errors)
}

describe('damaged bytes', () => {
  beforeAll(prepareZstd)

  test('never unpack beyond the limit, and fail as an error of their own', () => {
    const limit = 100_000
    const heads: [number, Buffer][] = [
      [1, Buffer.from('1f8b0800000000000003', 'hex')],
      [2, Buffer.from([0x90, 0x4e])],
      [2, Buffer.from('82534e4150505900000000010000000100000010', 'hex')],
      [3, Buffer.from('04224d186470b9', 'hex')],
      [4, Buffer.from('28b52ffd', 'hex')],
      [4, Buffer.from('28b52ffd64d006', 'hex')],
    ]
    for (const [codec, head] of heads) {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 200 }), bytes => {
          try {
            expect(unpack(codec, Buffer.concat([head, bytes]), limit).length).toBeLessThanOrEqual(limit)
          } catch (error) {
            expect(error).toMatchObject({ code: 'LOG_CORRUPT' })
          }
        }),
        { numRuns: 1_000 },
      )
    }
  })
})
