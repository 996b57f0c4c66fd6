import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { openKafkaLog } from '../../../src/log/kafka/kafka-log.ts'
import { describeKafka } from '../../kafka/brokers.ts'
import { listening, onwardTo } from '../fixtures/ports.ts'
import { from, readAll, text, values } from '../fixtures/read.ts'

describeKafka('bootstrap addresses', broker => {
  test('the next one is tried where the first takes the connection and says nothing, and it is tried last from then on', async () => {
    let connections = 0
    const silent = await listening(() => (connections += 1))
    const log = await openKafkaLog({ brokers: [silent, ...broker().brokers] })
    try {
      expect(connections).toBeGreaterThan(0)
      const before = connections
      const topic = `silent.${randomUUID()}`
      await log.ensureTopics([{ name: topic, partitions: 1 }])
      await (await log.producer(topic)).append(topic, [text('a')])
      expect(values(await readAll(log, from(topic, 1)))).toEqual(['a'])
      expect(connections).toBe(before)
    } finally {
      await log.close()
    }
  })

  test('the next one is tried where nobody listens at the first', async () => {
    const log = await openKafkaLog({ brokers: ['127.0.0.1:1', ...broker().brokers] })
    await log.close()
  })

  test('an IPv6 address is one', async ({ skip }) => {
    const six = await listening(onwardTo(broker().brokers[0]!), '::1').catch(() => null)
    if (six === null) return skip('this machine has no IPv6')
    const log = await openKafkaLog({ brokers: [six] })
    expect(await log.identity()).toMatch(/^the Kafka cluster /)
    await log.close()
  })
})
