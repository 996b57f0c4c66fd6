import { Kafka, logLevel } from 'kafkajs'

/** A record in each partition of a topic that only those see who do not ask for committed ones. */
export async function abortTransaction(brokers: string[], topic: string, partitions: number): Promise<void> {
  const kafka = new Kafka({ brokers, logLevel: logLevel.NOTHING })
  const producer = kafka.producer({ transactionalId: 'aborted', maxInFlightRequests: 1, idempotent: true })
  await producer.connect()
  const transaction = await producer.transaction()
  const headers = { 'recstream-sequence': '-1' }
  const messages = Array.from({ length: partitions }, (_, partition) => ({ partition, value: '{}', headers }))
  await transaction.send({ topic, messages })
  await transaction.abort()
  await producer.disconnect()
}
