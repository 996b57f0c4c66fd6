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
