import { KafkaClient } from 'kafka-crab-js'
import { brokers, command, fourth, taking, third, topic, toSend } from './records.mjs'

if (command === 'send') {
  const compression = third
  // settings: producer
  const client = new KafkaClient({ brokers, clientId: 'shop' })
  const configuration = {
    'enable.idempotence': true, // and with it acks=all
    'compression.type': compression,
    partitioner: 'murmur2_random', // that of Java; its own default is another
  }
  // end
  if (fourth === 'default') delete configuration.partitioner
  // settings: connect
  const producer = client.createProducer({ configuration })
  // end
  const messages = toSend().map(({ key, value }) => ({ key: Buffer.from(key), payload: value }))
  // settings: send
  await producer.send({ topic, messages }) // of { key, payload }, both buffers
  // end
} else {
  const { take, done, print } = taking(Number(fourth))
  const client = new KafkaClient({ brokers, clientId: 'shop' })
  const groupId = third
  // settings: consumer
  const consumer = client.createConsumer({
    groupId,
    configuration: { 'auto.offset.reset': 'earliest', 'isolation.level': 'read_committed' },
  })
  await consumer.subscribe(topic)
  // end
  let isDone = false
  done.then(() => (isDone = true))
  while (!isDone)
    for (const { partition, offset, headers } of await consumer.recvBatch(500, 500))
      take(partition, offset, headers?.['recstream-sequence'])
  await consumer.disconnect()
  print()
}
