import type { Reader } from '../log.ts'
import type { Cluster, ClusterBroker } from './client.ts'
import type { Connection } from './connection.ts'
import { probe } from './fetch.ts'
import { endsOf, leaderOf } from './offsets.ts'
import { producersOf, tellsOfTransactions, transactionsOf } from './transaction-requests.ts'

interface Place {
  topic: string
  partition: number
}

/** A reader that stands still as long as this between two looks is held back, ms. */
const lookEveryMs = 10_000

/**
 * Tell where an open transaction holds a reader back: it has read everything before it, more lies behind it, and nothing
 * changed between two looks. Said once for each place and transaction; reading goes on by itself when it ends.
 *
 * Returns what ends the looking.
 */
export function watchReader(
  connection: Connection,
  reader: Pick<Reader, 'position'>,
  places: readonly Place[],
  onNotice: (message: string) => void,
  everyMs = lookEveryMs,
): () => void {
  const stuck = new Map<string, number>()
  const said = new Set<string>()
  let looking = false

  const look = async (): Promise<void> => {
    const topics = [...new Set(places.map(({ topic }) => topic))]
    await connection.once(topics, async cluster => {
      const endOf = await endsOf(cluster, places)
      for (const { topic, partition } of places) {
        const key = `${topic}/${partition}`
        const position = reader.position(topic, partition)
        const before = stuck.get(key)
        stuck.set(key, position)
        if (before !== position || endOf(topic, partition) <= position || said.has(`${key}@${position}`)) continue
        const message = await heldBack(cluster, { topic, partition }, position, connection.brokers[0]!)
        if (message === null) continue
        said.add(`${key}@${position}`)
        onNotice(message)
      }
    })
  }
  const timer = setInterval(() => {
    if (looking) return
    looking = true
    // What fails here, the reader itself tells of.
    void look()
      .catch(() => {})
      .finally(() => (looking = false))
  }, everyMs)
  timer.unref()
  return () => clearInterval(timer)
}

/** What holds a reader back at this position; null where nothing does. */
async function heldBack(
  cluster: Cluster,
  { topic, partition }: Place,
  position: number,
  bootstrap: string,
): Promise<string | null> {
  const leader = await leaderOf(cluster, topic, partition)
  const answer = await probe(leader, { topic, partition, offset: position })
  if (answer === undefined || answer.error !== 0 || answer.stable > position) return null
  const open = await openAt(cluster, leader, { topic, partition }, answer.stable).catch(() => null)
  const where = `${topic}/${partition} from offset ${answer.stable} on`
  const then = 'reading goes on when it ends or times out'
  if (open === null) return `A transaction of another program is open in ${where} and holds readers back; ${then}.`
  const command = `kafka-transactions --bootstrap-server ${bootstrap} abort --topic ${topic} --partition ${partition} --start-offset ${answer.stable}`
  return `The transaction of ${open} is open in ${where} and holds readers back; ${then}. To end it by hand: \`${command}\`.`
}

/** Whose transaction begins there, as far as the brokers (from 3.0 on) tell this user. */
async function openAt(
  cluster: Cluster,
  leader: ClusterBroker,
  { topic, partition }: Place,
  offset: number,
): Promise<string | null> {
  if (!tellsOfTransactions(leader)) return null
  const producers = await producersOf(leader, topic, partition)
  const holder = producers.find(({ begins }) => begins === offset)
  if (holder === undefined) return null
  const ids = await Promise.all(
    cluster.getNodeIds().map(async nodeId => {
      const coordinator = await cluster.findBroker({ nodeId })
      return transactionsOf(coordinator, holder.producerId)
    }),
  ).catch(() => [])
  const [id] = ids.flat()
  return id === undefined ? `producer ${holder.producerId}` : `the transactional id ${id}`
}
