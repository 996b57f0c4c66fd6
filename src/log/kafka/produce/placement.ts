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

/**
 * Where a topic's partitions are now; asked before each transaction, so that added ones are used at once.
 *
 * `before` is how many there were: a broker that was not told yet knows of fewer, or not of the topic at all. What none of
 * them knows is not there.
 */
export async function placementOf(brokers: Brokers, topic: string, before = 0): Promise<Placement> {
  for (let behind = 0; ; ) {
    const place = await brokers.unlessPassing(() => brokers.askAny(metadataRequest(topic)))
    const less = place?.error === 0 && place.partitions.length < before
    if (less && ++behind < brokers.count) {
      brokers.tryAnother()
      continue
    }
    if (place?.error === 0) {
      brokers.know(place.nodes)
      const nodes = new Map(place.nodes.map(node => [node.id, node]))
      const leaders = new Map(place.partitions.map(({ partition, leader }) => [partition, nodes.get(leader) ?? null]))
      return { partitions: place.partitions.length, leaderOf: partition => leaders.get(partition) ?? null }
    }
    if (place?.error === unknownTopicOrPartition) {
      brokers.know(place.nodes)
      if (++behind >= brokers.count) throw unknownTopic(topic)
      brokers.tryAnother()
      continue
    }
    if (place !== null) {
      const error = kafkaError(answerError(place.error), brokers.given, topic)
      if (!isPassing(error)) throw error
      brokers.trouble = error.message
    }
    await brokers.pause(pauseMs)
  }
}
