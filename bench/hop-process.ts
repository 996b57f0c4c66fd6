// Started by hops.ts: what comes on one topic goes on to another in a transaction, as kafkajs does it, and nothing is done with it.
import { Kafka, logLevel } from 'kafkajs'

const [brokers, from, to] = process.argv.slice(2) as [string, string, string]
const kafka = new Kafka({ brokers: brokers.split(','), logLevel: logLevel.NOTHING })
const groupId = `${from}.hop`
const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 50 })
const producer = kafka.producer({ transactionalId: groupId, idempotent: true, maxInFlightRequests: 1 })
await Promise.all([consumer.connect(), producer.connect()])
await consumer.subscribe({ topic: from, fromBeginning: true })
consumer.on('consumer.group_join', () => process.send!('ready'))
await consumer.run({
  autoCommit: false,
  eachBatchAutoResolve: true,
  async eachBatch({ batch }) {
    const transaction = await producer.transaction()
    const messages = batch.messages.map(({ key, value, timestamp }) => ({ key, value, timestamp }))
    await transaction.send({ topic: to, messages })
    const offset = String(BigInt(batch.lastOffset()) + 1n)
    const offsets = { consumerGroupId: groupId, topics: [{ topic: from, partitions: [{ partition: 0, offset }] }] }
    await transaction.sendOffsets(offsets)
    await transaction.commit()
  },
})
process.on('message', async () => {
  await Promise.all([consumer.disconnect(), producer.disconnect()])
  process.exit(0)
})
