import { openEmbeddedLog } from '../log/embedded/embedded-log.ts'
import { openKafkaLog } from '../log/kafka/kafka-log.ts'
import type { Log } from '../log/log.ts'
import type { Layout } from './layout.ts'
import type { Connection } from './messages.ts'

/** The log that a connection asks for: Kafka where brokers are named, else the embedded one under the data folder. */
export function openLog(connection: Connection, layout: Layout): Promise<Log> {
  const { brokers, ssl, sasl } = connection
  if (brokers === undefined) return openEmbeddedLog({ folder: layout.log })
  return openKafkaLog({ brokers, ...(ssl === undefined ? {} : { ssl }), ...(sasl === undefined ? {} : { sasl }) })
}
