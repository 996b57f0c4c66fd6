import { describeProducers, producersRequest } from '../transaction-requests.ts'
import type { Brokers } from './brokers.ts'
import { placementOf } from './placement.ts'
import type { Place, Session } from './session.ts'

/** How often a partition is asked about that nobody answers for, and how long is waited in between, ms. */
const [tries, pauseMs] = [20, 100]

/**
 * Shut out whoever had the session's id, and end what is left open of theirs in these topics though its end is decided (see
 * `Session`): as its coordinator decided it. A broker before 3.0, or one that may not tell us, leaves it to the next transaction.
 */
export async function startSession(session: Session, topics: readonly string[]): Promise<void> {
  const standing = topics.length === 0 ? null : await session.standing().catch(() => null)
  await session.start()
  if (standing === null) return
  const places = await Promise.all(topics.map(topic => leftOpen(session.brokers, topic, session.identity.producerId)))
  if (places.flat().length > 0) await session.finish(places.flat(), !standing.endsWith('Abort'))
}

/** Partitions of a topic in which a producer has a transaction open. */
async function leftOpen(brokers: Brokers, topic: string, producerId: number): Promise<Place[]> {
  // A topic that is not there has nothing open.
  const placement = await placementOf(brokers, topic).catch(() => null)
  const partitions = Array.from({ length: placement?.partitions ?? 0 }, (_, partition) => partition)
  const open = partitions.map(async partition => {
    for (let tried = 0; tried < tries; tried++) {
      const leader = (await placementOf(brokers, topic)).leaderOf(partition)
      const producers = await brokers.unlessPassing(async () => {
        if (leader === null) return null
        return (await brokers.takes(leader, describeProducers))
          ? brokers.ask(leader, producersRequest(topic, partition))
          : []
      })
      if (producers !== null) return producers.some(each => each.producerId === producerId && each.begins >= 0)
      await brokers.pause(pauseMs)
    }
    return false
  })
  const isOpen = await Promise.all(open)
  return partitions.filter(partition => isOpen[partition]).map(partition => ({ topic, partition }))
}
