import { RecstreamError } from '../../../errors.ts'
import { unknownTopic } from '../../names.ts'
import { isPassing, kafkaError } from '../errors.ts'
import type { Brokers } from './brokers.ts'
import { answerError, unknownTopicOrPartition } from './codes.ts'
import { metadataRequest, type Node } from './requests.ts'

/** The partitions of a topic, and where each is led; null where it has no leader now. */
export interface Placement {
  partitions: number
  leaderOf(partition: number): Node | null
}

const pauseMs = 50

/** Where a topic's partitions are now; asked before each transaction, so that added ones are used at once. */
export async function placementOf(brokers: Brokers, topic: string): Promise<Placement> {
  for (let unknown = 0; ; ) {
    const place = await askOnce(brokers, topic)
    if (place?.error === 0) {
      brokers.know(place.nodes)
      const nodes = new Map(place.nodes.map(node => [node.id, node]))
      const leaders = new Map(place.partitions.map(({ partition, leader }) => [partition, nodes.get(leader) ?? null]))
      return { partitions: place.partitions.length, leaderOf: partition => leaders.get(partition) ?? null }
    }
    if (place?.error === unknownTopicOrPartition) {
      // A broker that was not told yet does not know of a new topic; what none of them knows is not there.
      brokers.know(place.nodes)
      if (++unknown >= brokers.count) throw unknownTopic(topic)
      brokers.tryAnother()
      continue
    }
    if (place !== null) {
      const error = kafkaError(answerError(place.error), [], topic)
      if (!isPassing(error)) throw error
      brokers.trouble = error.message
    }
    await brokers.pause(pauseMs)
  }
}

async function askOnce(brokers: Brokers, topic: string) {
  try {
    return await brokers.askAny(metadataRequest(topic))
  } catch (error) {
    if (brokers.closed || !(error instanceof RecstreamError && isPassing(error))) throw error
    return null
  }
}
