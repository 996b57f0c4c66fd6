import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { Connection } from '../../../src/log/kafka/connection.ts'
import { openKafkaLog } from '../../../src/log/kafka/kafka-log.ts'
import { localStart } from '../../../src/log/kafka/local-start.ts'
import { describeKafka, emptyTopics } from '../../kafka/brokers.ts'
import { text } from '../fixtures/read.ts'

describeKafka('what a broker has on its own disk', broker => {
  test('begins with the log where nothing is kept elsewhere', async () => {
    const { brokers } = broker()
    const log = await openKafkaLog({ brokers })
    const connection = new Connection({ brokers })
    const topic = `local.${randomUUID()}`
    try {
      await log.ensureTopics([{ name: topic, partitions: 1 }])
      const cluster = await connection.ready([topic])
      const asked = await cluster.findBroker({ nodeId: cluster.getNodeIds()[0]! })
      expect(await localStart(asked, topic, 0)).toBe(0)
      await (await log.producer(`p-${topic}`)).append(topic, [text('a'), text('b')])
      await emptyTopics(brokers, topic)
      const [range] = await log.ranges(topic)
      expect(await localStart(asked, topic, 0)).toBe(range!.first)
      expect(await localStart({ ...asked, versions: { 2: { minVersion: 0, maxVersion: 7 } } }, topic, 0)).toBeNull()
    } finally {
      await connection.close()
      await log.close()
    }
  })
})
