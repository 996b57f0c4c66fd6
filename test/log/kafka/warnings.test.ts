import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openKafkaLog } from '../../../src/log/kafka/kafka-log.ts'
import { describeKafka } from '../../kafka/brokers.ts'
import { from, readAll, text, values } from '../fixtures/read.ts'

const warnings: string[] = []
const hear = (warning: Error) => warnings.push(`${warning.name}: ${warning.message}`)
beforeEach(() => void process.on('warning', hear))
afterEach(() => {
  process.off('warning', hear)
  vi.restoreAllMocks()
})

describeKafka('the Kafka log', broker => {
  test('sets no timer to a time before now, and Node warns of nothing', async () => {
    // Node warns of it from 24 on, and once in a process; the delays are seen on every Node.
    const timers = vi.spyOn(globalThis, 'setTimeout')
    const log = await openKafkaLog({ brokers: broker().brokers })
    try {
      const topic = `warnings.${randomUUID()}`
      await log.ensureTopics([{ name: topic, partitions: 2 }])
      await (await log.producer(topic)).append(topic, [text('a')])
      expect(values(await readAll(log, from(topic, 2)))).toEqual(['a'])
      await log.reportPositions(topic, from(topic, 2))
    } finally {
      await log.close()
    }
    expect(timers.mock.calls.map(([, delay]) => delay ?? 0).filter(delay => delay < 0)).toEqual([])
    expect(warnings).toEqual([])
  })
})
