import { askBroker, takes } from './ask-broker.ts'
import type { Cluster, ClusterBroker } from './client.ts'
import { type Cursor, Writer } from './produce/wire.ts'

/** From this version on topics have ids; brokers take it from 2.8 on. */
const metadata = { key: 3, version: 10, name: 'Metadata' }
const leaderNotAvailable = 5

/**
 * The ids of topics as one broker knows them: another id under the same name is another topic. Null where a broker gives
 * none; a topic that is not there, or may not be seen, has no entry.
 */
export async function topicIds(broker: ClusterBroker, topics: readonly string[]): Promise<Map<string, string | null>> {
  if (!takes(broker, metadata)) return new Map(topics.map(topic => [topic, null]))
  const body = new Writer().byte(0)
  body.compactArray(topics, topic => body.long(0).long(0).compactText(topic))
  // No creation of topics, no rights, no tags.
  return askBroker(broker, { ...metadata, body: body.int(0).done(), read: idsIn })
}

/** The same, from any broker. */
export async function idsFromAny(cluster: Cluster, topics: readonly string[]): Promise<Map<string, string | null>> {
  return topicIds(await cluster.brokerPool.findConnectedBroker(), topics)
}

function idsIn(answer: Cursor): Map<string, string | null> {
  const ids = new Map<string, string | null>()
  // The head's tags, and how long to wait.
  answer.skip(1 + 4)
  answer.compactArray(() => {
    answer.int()
    answer.compactText()
    answer.int()
    answer.compactText()
  })
  answer.compactText()
  answer.int()
  answer.compactArray(() => {
    const error = answer.short()
    const topic = answer.compactText()
    const id = answer.hex(16)
    answer.skip(1)
    answer.compactArray(() => {
      // Error, number, leader and its epoch; then replicas, those in sync, those away.
      answer.skip(14)
      for (let lists = 0; lists < 3; lists++) answer.skip(4 * Math.max(0, answer.varint() - 1))
    })
    answer.int()
    // A topic without a leader for the moment is there.
    if (error === 0 || error === leaderNotAvailable) ids.set(topic, /^0+$/.test(id) ? null : id)
  })
  return ids
}
