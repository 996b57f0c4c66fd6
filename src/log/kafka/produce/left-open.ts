import { describeProducers, producersRequest } from '../transaction-requests.ts'
import type { Brokers } from './brokers.ts'
import { partitionBusy } from './codes.ts'
import { type Placement, placementOf } from './placement.ts'

/** A partition, by topic. */
export interface Place {
  topic: string
  partition: number
}

/** All partitions of these topics; none of one that is not there. */
export async function placesOf(brokers: Brokers, topics: readonly string[]): Promise<Place[]> {
  const places = topics.map(async topic => {
    const placement = await placementIfThere(brokers, topic)
    return Array.from({ length: placement?.partitions ?? 0 }, (_, partition) => ({ topic, partition }))
  })
  return (await Promise.all(places)).flat()
}

/** Null where the topic is not there any more, or may not be seen. */
const placementIfThere = (brokers: Brokers, topic: string): Promise<Placement | null> =>
  placementOf(brokers, topic).catch(() => null)

/** What is said of a partition that has nothing open, as far as this user may know. */
const nothing = { error: 0, producers: [] }

/**
 * Partitions in which a producer has a transaction open, by their leaders, and those of which nobody says so now. A broker before 3.0 does not
 * tell, and needs nobody to ask (see `Session`); one that may not tell this user leaves it to the next transaction there.
 */
export async function leftOpen(
  brokers: Brokers,
  producerId: number,
  places: readonly Place[],
): Promise<{ open: Place[]; unknown: Place[] }> {
  const [open, unknown]: [Place[], Place[]] = [[], []]
  for (const place of places) {
    const { topic, partition } = place
    const told = await brokers.unlessPassing(async () => {
      const placement = await placementIfThere(brokers, topic)
      if (placement === null) return nothing
      const leader = placement.leaderOf(partition)
      if (leader === null) return null
      if (!(await brokers.takes(leader, describeProducers))) return nothing
      return brokers.ask(leader, producersRequest(topic, partition))
    })
    if (told === null || partitionBusy.has(told.error)) unknown.push(place)
    else if (told.producers.some(each => each.producerId === producerId && each.begins >= 0)) open.push(place)
  }
  return { open, unknown }
}
