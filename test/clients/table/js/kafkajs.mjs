import kafkajs from 'kafkajs'
import SnappyCodec from 'kafkajs-snappy'
import { brokers, command, fourth, taking, third, topic, toSend } from './records.mjs'

const { CompressionCodecs, CompressionTypes, Kafka, logLevel } = kafkajs
CompressionCodecs[CompressionTypes.Snappy] = SnappyCodec
// settings: client
const kafka = new Kafka({ brokers: [brokers], logLevel: logLevel.ERROR })
// end

if (command === 'send') {
  const compression = { none: 0, gzip: CompressionTypes.GZIP, snappy: CompressionTypes.Snappy }[third]
  // settings: producer
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 }) // acks of all replicas unless told otherwise
  await producer.connect()
  // end
  const messages = toSend().map(({ key, value, timestamp }) => ({ key, value, timestamp: String(timestamp) }))
  // settings: send
  await producer.send({ topic, compression, messages }) // of { key, value, timestamp: '1700000000000' }
  // end
  await producer.disconnect()
} else {
  const { take, done, print } = taking(Number(fourth))
  const groupId = third
  // settings: consumer
  const consumer = kafka.consumer({ groupId }) // reads committed records unless told otherwise
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  // end
  await consumer.run({
    eachMessage: async ({ partition, message }) =>
      take(partition, message.offset, message.headers['recstream-sequence']),
  })
  await done
  await consumer.disconnect()
  print()
}
