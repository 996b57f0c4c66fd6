import { Kafka, logLevel } from 'kafkajs'
import { beforeAll, describe, inject } from 'vitest'
import type { SecureListeners } from '../../src/log/kafka/broker-config.ts'

/** The broker that all Kafka tests of a run share; use topic names and producer ids that nobody else has. */
export interface TestBroker {
  brokers: string[]
  secure: SecureListeners
}

/**
 * Tests against a real broker; skipped where none can run.
 *
 *     describeKafka('the Kafka log', broker => {
 *       test('opens', async () => { await openKafkaLog({ brokers: broker().brokers }) })
 *     })
 */
export function describeKafka(name: string, define: (broker: () => TestBroker) => void): void {
  const url = inject('brokerUrl')
  describe.skipIf(url === null)(name, () => {
    let broker: TestBroker
    beforeAll(async () => {
      const response = await fetch(url!)
      const text = await response.text()
      if (!response.ok) throw new Error(text)
      broker = JSON.parse(text) as TestBroker
    })
    define(() => broker)
  })
}

/** What retention does to topics of one partition where nothing new comes: everything goes, transaction markers too. */
export async function emptyTopics(brokers: string[], ...topics: string[]): Promise<void> {
  const admin = new Kafka({ brokers, logLevel: logLevel.NOTHING }).admin()
  await admin.connect()
  try {
    for (const topic of topics) {
      // The client has to know the topic's leader.
      await admin.fetchTopicOffsets(topic)
      await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '-1' }] })
    }
  } finally {
    await admin.disconnect()
  }
}
