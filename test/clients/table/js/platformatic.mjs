import { Consumer, compatibilityPartitioner, Producer } from '@platformatic/kafka'
import { brokers, command, fourth, taking, third, topic, toSend } from './records.mjs'

if (command === 'send') {
  const compression = third
  // settings: producer
  const settings = {
    clientId: 'shop',
    bootstrapBrokers: [brokers],
    idempotent: true, // and with it acks of all replicas
    compression,
    partitioner: compatibilityPartitioner, // that of Java; its own default is another
  }
  // end
  if (fourth === 'default') delete settings.partitioner
  // settings: connect
  const producer = new Producer(settings)
  // end
  const messages = toSend().map(({ key, value, timestamp }) => ({
    topic,
    key: Buffer.from(key),
    value,
    timestamp: BigInt(timestamp),
  }))
  // settings: send
  await producer.send({ messages }) // of { topic, key, value, timestamp: 1700000000000n }
  // end
  await producer.close()
} else {
  const { take, done, print } = taking(Number(fourth))
  const groupId = third
  // settings: consumer
  const consumer = new Consumer({ clientId: 'shop', groupId, bootstrapBrokers: [brokers] })
  const stream = await consumer.consume({
    topics: [topic],
    mode: 'committed',
    fallbackMode: 'earliest',
    isolationLevel: 1, // read_committed, the default here
  })
  // end
  stream.on('data', ({ partition, offset, headers }) => take(partition, offset, byName(headers, 'recstream-sequence')))
  await done
  await stream.close()
  await consumer.close()
  print()
}

/** Headers are a map whose keys are buffers unless a deserializer says otherwise. */
function byName(headers, name) {
  for (const [key, value] of headers) if (key.toString() === name) return value
  return undefined
}
