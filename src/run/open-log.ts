import { openEmbeddedLog } from '../log/embedded/embedded-log.ts'
import type { KafkaSettings } from '../log/kafka/client.ts'
import { openKafkaLog } from '../log/kafka/kafka-log.ts'
import type { Log } from '../log/log.ts'
import type { Layout } from './layout.ts'
import type { Connection } from './messages.ts'

/** What a process that works on a pipeline says of itself, and hears. */
type Around = Pick<KafkaSettings, 'owner' | 'onNotice'>

/** The log that a connection asks for: Kafka where brokers are named, else the embedded one under the data folder. */
export function openLog(connection: Connection, layout: Layout, around: Around = {}): Promise<Log> {
  const { brokers, ssl, sasl } = connection
  if (brokers === undefined) return openEmbeddedLog({ folder: layout.log })
  const access = { ...(ssl === undefined ? {} : { ssl }), ...(sasl === undefined ? {} : { sasl }) }
  return openKafkaLog({ brokers, ...access, ...around })
}
