import type { ClusterBroker } from './client.ts'
import { Cursor, Writer } from './produce/wire.ts'

/*
 * Who has a transaction open (KIP-664, brokers from 3.0 on). Both requests are of the flexible kind: lengths are varints,
 * one more than they say, and everything ends in a list of tagged fields, which is empty here.
 */

/** A producer that writes to a partition, and where its open transaction begins there; -1 without one. */
export interface ActiveProducer {
  producerId: number
  begins: number
}

const describeProducers = { apiKey: 61, apiVersion: 0, apiName: 'DescribeProducers' }
const listTransactions = { apiKey: 66, apiVersion: 0, apiName: 'ListTransactions' }

/** Whether a broker can say who has a transaction open; it hangs up on whoever asks it for what it does not know. */
export function tellsOfTransactions({ versions }: ClusterBroker): boolean {
  return [describeProducers, listTransactions].every(({ apiKey }) => versions?.[apiKey] !== undefined)
}

/** Producers of one partition, as its leader knows them. */
export function producersOf(leader: ClusterBroker, topic: string, partition: number): Promise<ActiveProducer[]> {
  const body = new Writer().byte(0).byte(2).compactText(topic).byte(2).int(partition).byte(0).byte(0).done()
  return asked(leader, describeProducers, body, answer => {
    answer.skip(4)
    const topics = answer.compactArray(() => {
      answer.compactText()
      return answer.compactArray(() => {
        answer.skip(6)
        answer.compactText()
        return answer.compactArray(() => {
          const producerId = answer.long()
          answer.skip(4 + 4 + 8 + 4)
          return { producerId, begins: answer.long() }
        })
      })
    })
    return topics.flat(2)
  })
}

/** Which transactional ids this broker coordinates for a producer; none where this user may not see them. */
export function transactionsOf(coordinator: ClusterBroker, producerId: number): Promise<string[]> {
  const body = new Writer().byte(0).byte(1).byte(2).long(producerId).byte(0).done()
  return asked(coordinator, listTransactions, body, answer => {
    // Filters that it does not know are an array too, of which we gave none.
    answer.skip(4 + 2 + 1)
    return answer.compactArray(() => {
      const id = answer.compactText()
      answer.skip(8)
      answer.compactText()
      return id
    })
  })
}

function asked<T>(
  broker: ClusterBroker,
  request: { apiKey: number; apiVersion: number; apiName: string },
  body: Buffer,
  read: (answer: Cursor) => T,
): Promise<T> {
  return broker.connectionPool.send({
    request: { ...request, encode: async () => ({ buf: body, buffer: body }) },
    // The answer's head ends in tagged fields too.
    response: { decode: async (raw: Buffer) => new Cursor(raw, 1), parse: async (answer: Cursor) => read(answer) },
    logResponseError: false,
  })
}
