import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { createClient } from '../../../src/log/kafka/client.ts'
import { Connection } from '../../../src/log/kafka/connection.ts'
import { watchReader } from '../../../src/log/kafka/held-back.ts'
import { openKafkaLog } from '../../../src/log/kafka/kafka-log.ts'
import { describeKafka } from '../../kafka/brokers.ts'
import { until } from '../../promises/command.ts'
import { from, readToEnd, text, values } from '../fixtures/read.ts'

describeKafka('a reader that the open transaction of another program holds back', broker => {
  test('says so once, with whose it is and how to end it, and reads on when it ends', async () => {
    const { brokers } = broker()
    const log = await openKafkaLog({ brokers })
    const connection = new Connection({ brokers })
    const topic = `held.${randomUUID()}`
    await log.ensureTopics([{ name: topic, partitions: 2 }])
    await (await log.producer(topic)).append(topic, [{ ...text('before'), partition: 1 }])
    const foreign = createClient({ brokers }).producer({
      ...{ transactionalId: `foreign-${topic}`, idempotent: true, maxInFlightRequests: 1, retry: { retries: 20 } },
    })
    await foreign.connect()
    const reader = await log.reader(from(topic, 2))
    const said: string[] = []
    const unwatch = watchReader(connection, reader, from(topic, 2), message => said.push(message), 50)
    try {
      expect(values(await readToEnd(reader))).toEqual(['before'])
      const transaction = await foreign.transaction()
      await transaction.send({ topic, messages: [{ value: 'open', partition: 1 }] })
      await until('it is told', async () => {
        expect(await reader.read(50)).toEqual([])
        return said.length > 0
      })
      await transaction.commit()
      expect(values(await reader.read(10_000))).toEqual(['open'])
      expect(said).toEqual([
        `The transaction of the transactional id foreign-${topic} is open in ${topic}/1 from offset 2 on and holds readers back; reading goes on when it ends or times out. To end it by hand: \`kafka-transactions --bootstrap-server ${brokers[0]} abort --topic ${topic} --partition 1 --start-offset 2\`.`,
      ])
    } finally {
      unwatch()
      await foreign.disconnect()
      await connection.close()
      await log.close()
    }
  })
})
