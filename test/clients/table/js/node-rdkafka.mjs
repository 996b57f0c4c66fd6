import { createRequire } from 'node:module'
import { brokers, command, fourth, taking, third, topic, toSend } from './records.mjs'

const rdkafka = createRequire(import.meta.url)('node-rdkafka')

if (command === 'send') {
  const compression = third
  // settings: producer
  const settings = {
    'bootstrap.servers': brokers,
    'enable.idempotence': true, // and with it acks=all
    'compression.codec': compression,
    dr_cb: true, // so that 'delivery-report' tells of each event
  }
  const topicSettings = { partitioner: 'murmur2_random' } // that of Java; its own default is another
  // end
  if (fourth === 'default') delete topicSettings.partitioner
  // settings: connect
  const producer = new rdkafka.Producer(settings, topicSettings)
  producer.setPollInterval(10)
  // end
  await new Promise((resolve, reject) => producer.connect({}, error => (error ? reject(error) : resolve())))
  const records = toSend()
  await new Promise((resolve, reject) => {
    let left = records.length
    producer.on('delivery-report', error => {
      if (error) reject(error)
      else if (--left === 0) resolve()
    })
    for (const { key, value, timestamp } of records) {
      // settings: send
      producer.produce(topic, null, value, key, timestamp)
      // end
    }
  })
  await new Promise(resolve => producer.disconnect(resolve))
} else {
  const { take, done, print } = taking(Number(fourth))
  const groupId = third
  // settings: consumer
  const consumer = new rdkafka.KafkaConsumer(
    { 'bootstrap.servers': brokers, 'group.id': groupId, 'isolation.level': 'read_committed' }, // the default here
    { 'auto.offset.reset': 'earliest' },
  )
  // end
  consumer.on('data', ({ partition, offset, headers = [] }) =>
    take(partition, offset, headers.find(header => 'recstream-sequence' in header)?.['recstream-sequence']),
  )
  await new Promise((resolve, reject) => consumer.connect({}, error => (error ? reject(error) : resolve())))
  consumer.subscribe([topic])
  consumer.consume()
  await done
  await new Promise(resolve => consumer.disconnect(resolve))
  print()
}
