import { basename, join } from 'node:path'
import type { KafkaSettings } from '../log/kafka/client.ts'
import type { Log } from '../log/log.ts'
import { topicsOf } from '../records/topics.ts'
import type { Layout } from './layout.ts'
import type { Connection } from './messages.ts'

/** What a process that works on a pipeline says of itself, and hears. */
type Around = Pick<KafkaSettings, 'owner' | 'onNotice' | 'onWaiting'>

/** The log that a connection asks for: Kafka where brokers are named, else the embedded one under the data folder. */
export async function openLog(connection: Connection, layout: Layout, around: Around = {}): Promise<Log> {
  const { brokers, ssl, sasl } = connection
  // Each process loads what its log needs: Kafka's client takes a tenth of a second.
  if (brokers === undefined) {
    const { openEmbeddedLog } = await import('../log/embedded/embedded-log.ts')
    return openEmbeddedLog({ folder: layout.log, advice: topic => adviceOnDamage(layout, topic) })
  }
  const access = { ...(ssl === undefined ? {} : { ssl }), ...(sasl === undefined ? {} : { sasl }) }
  const { openKafkaLog } = await import('../log/kafka/kafka-log.ts')
  return openKafkaLog({ brokers, ...access, ...around })
}

/** What others wrote cannot be made again here; what the pipeline wrote can, from that. */
export function adviceOnDamage({ root }: Layout, topic: string): string {
  const { behaviourEvents, userProfiles, items } = topicsOf(basename(root))
  const inputs = [behaviourEvents, userProfiles, items]
  if (inputs.includes(topic)) return `restore it from a copy, or move ${root} away and feed the pipeline again`
  const kept = inputs.map(input => join(root, 'log', input)).join(', ')
  return `restore it from a copy, or move everything in ${root} away but ${kept}: the next start makes it again from these`
}
