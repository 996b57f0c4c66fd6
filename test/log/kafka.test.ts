import { openKafkaLog } from '../../src/log/kafka/kafka-log.ts'
import { logContract } from '../contracts/log.ts'
import { describeKafka } from '../kafka/brokers.ts'

describeKafka('the Kafka log', broker => {
  logContract({ open: () => openKafkaLog({ brokers: broker().brokers }), histories: 6 })
})
