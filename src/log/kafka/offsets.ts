import { RecstreamError } from '../../errors.ts'
import type { PartitionRange } from '../log.ts'
import { unknownTopic } from '../names.ts'
import { byTopic } from './by-topic.ts'
import type { Cluster, ClusterBroker } from './client.ts'
import type { Connection } from './connection.ts'

/** Partitions of a topic, in order. */
export function partitionsOf(cluster: Cluster, topic: string): { partition: number; leader: number }[] {
  const found = cluster.findTopicPartitionMetadata(topic)
  if (found.length === 0) throw unknownTopic(topic)
  const partitions = found.map(({ partitionId, leader }) => ({ partition: partitionId, leader }))
  return partitions.sort((a, b) => a.partition - b.partition)
}

/** The broker that leads a partition, connected. */
export async function leaderOf(cluster: Cluster, topic: string, partition: number): Promise<ClusterBroker> {
  const { leader } = partitionsOf(cluster, topic).find(each => each.partition === partition)!
  return cluster.findBroker({ nodeId: leader })
}

/**
 * First offset and end of each partition.
 *
 * Ends count transaction markers and what open transactions have written so far.
 */
export function ranges(connection: Connection, topic: string): Promise<PartitionRange[]> {
  return connection.ask([topic], async cluster => {
    // Partitions may have been added since the client last asked.
    await cluster.refreshMetadata()
    const partitions = partitionsOf(cluster, topic).map(({ partition }) => ({ partition }))
    const [firsts, ends] = await Promise.all(
      [true, false].map(async fromBeginning => {
        const [answer] = await cluster.fetchTopicsOffset([{ topic, partitions, fromBeginning }])
        return new Map(answer!.partitions.map(({ partition, offset }) => [partition, Number(offset)]))
      }),
    )
    return partitions.map(({ partition }) => ({
      partition,
      first: firsts!.get(partition)!,
      end: ends!.get(partition)!,
    }))
  })
}

/** Ends of some partitions of some topics, in one question to each leader. */
export async function endsOf(
  cluster: Cluster,
  partitions: readonly { topic: string; partition: number }[],
): Promise<(topic: string, partition: number) => number> {
  const asked = byTopic(partitions, ({ partition }) => ({ partition }))
  const answers = await cluster.fetchTopicsOffset(asked.map(each => ({ ...each, fromBeginning: false })))
  const ends = new Map<string, number>()
  for (const { topic, partitions: answered } of answers) {
    for (const { partition, offset } of answered) ends.set(`${topic}/${partition}`, Number(offset))
  }
  return (topic, partition) => {
    const end = ends.get(`${topic}/${partition}`)
    if (end === undefined) throw new RecstreamError('TOPIC_INVALID', `${topic} has no partition ${partition}.`)
    return end
  }
}
