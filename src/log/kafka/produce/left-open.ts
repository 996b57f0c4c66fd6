import { describeProducers, producersRequest } from '../transaction-requests.ts'
import type { Brokers } from './brokers.ts'
import { placementOf } from './placement.ts'

/** A partition, by topic. */
export interface Place {
  topic: string
  partition: number
}

/** All partitions of these topics; none of one that is not there. */
export async function placesOf(brokers: Brokers, topics: readonly string[]): Promise<Place[]> {
  const places = topics.map(async topic => {
    const placement = await placementOf(brokers, topic).catch(() => null)
    return Array.from({ length: placement?.partitions ?? 0 }, (_, partition) => ({ topic, partition }))
  })
  return (await Promise.all(places)).flat()
}

/**
 * Partitions in which a producer has a transaction open, by their leaders, and those of which nobody says so now. A broker before 3.0 does not
 * tell, and needs nobody to ask (see `Session`).
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
      const leader = (await placementOf(brokers, topic)).leaderOf(partition)
      if (leader === null) return null
      if (!(await brokers.takes(leader, describeProducers))) return { error: 0, producers: [] }
      return brokers.ask(leader, producersRequest(topic, partition))
    })
    if (told === null || told.error !== 0) unknown.push(place)
    else if (told.producers.some(each => each.producerId === producerId && each.begins >= 0)) open.push(place)
  }
  return { open, unknown }
}
