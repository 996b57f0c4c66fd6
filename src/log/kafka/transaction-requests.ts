import { askBroker, takes } from './ask-broker.ts'
import type { ClusterBroker } from './client.ts'
import type { Request } from './produce/requests.ts'
import { type Cursor, Writer } from './produce/wire.ts'

/*
 * Who has a transaction open (KIP-664, brokers from 3.0 on). Both requests are of the flexible kind: lengths are varints,
 * one more than they say, and everything ends in a list of tagged fields, which is empty here.
 */

/** A producer that writes to a partition, and where its open transaction begins there; -1 without one. */
export interface ActiveProducer {
  producerId: number
  begins: number
}

export const describeProducers = { key: 61, version: 0, name: 'DescribeProducers' }
const describeTransactions = { key: 65, version: 0, name: 'DescribeTransactions' }
const listTransactions = { key: 66, version: 0, name: 'ListTransactions' }

/** Tagged fields at the head of the answer, bytes. */
const head = 1

/** Whether a broker can say who has a transaction open. */
export function tellsOfTransactions(broker: ClusterBroker): boolean {
  return takes(broker, describeProducers) && takes(broker, listTransactions)
}

/** Producers of one partition, as its leader knows them. */
export const producersOf = async (
  leader: ClusterBroker,
  topic: string,
  partition: number,
): Promise<readonly ActiveProducer[]> => (await askBroker(leader, producersRequest(topic, partition))).producers

/** The same, with the code of what is wrong; 0 is nothing. */
export function producersRequest(
  topic: string,
  partition: number,
): Request<{ error: number; producers: readonly ActiveProducer[] }> {
  const body = new Writer().byte(0).byte(2).compactText(topic).byte(2).int(partition).byte(0).byte(0).done()
  const read = (answer: Cursor) => {
    answer.skip(head + 4)
    const topics = answer.compactArray(() => {
      answer.compactText()
      return answer.compactArray(() => {
        answer.skip(4)
        const error = answer.short()
        answer.compactText()
        const producers = answer.compactArray(() => {
          const producerId = answer.long()
          answer.skip(4 + 4 + 8 + 4)
          return { producerId, begins: answer.long() }
        })
        return { error, producers }
      })
    })
    return topics.flat()[0]!
  }
  return { ...describeProducers, body, read }
}

/**
 * How the newest transaction of an id stands with its coordinator: `Ongoing`, `CompleteCommit`, `CompleteAbort`, …; null where it
 * had none, or this user may not see it.
 */
export function transactionStateRequest(id: string): Request<string | null> {
  const body = new Writer().byte(0).byte(2).compactText(id).byte(0).done()
  const read = (answer: Cursor) => {
    answer.skip(head + 4)
    const [state] = answer.compactArray(() => {
      const error = answer.short()
      answer.compactText()
      const state = answer.compactText()
      answer.skip(4 + 8 + 8 + 2)
      answer.compactArray(() => {
        answer.compactText()
        answer.skip(4 * Math.max(0, answer.varint() - 1))
      })
      return error === 0 ? state : null
    })
    return state ?? null
  }
  return { ...describeTransactions, body, read }
}

/** Which transactional ids this broker coordinates for a producer; none where this user may not see them. */
export function transactionsOf(coordinator: ClusterBroker, producerId: number): Promise<string[]> {
  const body = new Writer().byte(0).byte(1).byte(2).long(producerId).byte(0).done()
  const read = (answer: Cursor) => {
    // Filters that it does not know are an array too, of which we gave none.
    answer.skip(head + 4 + 2 + 1)
    return answer.compactArray(() => {
      const id = answer.compactText()
      answer.skip(8)
      answer.compactText()
      return id
    })
  }
  return askBroker(coordinator, { ...listTransactions, body, read })
}
