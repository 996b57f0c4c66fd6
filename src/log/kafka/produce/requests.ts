import { type Cursor, Writer } from './wire.ts'

/*
 * The requests of a producer, in versions that every broker from 2.4 to 4.3 takes. Layouts: kafka.apache.org/protocol.
 */

/** What is asked, in which version of it. */
export interface RequestKind {
  name: string
  key: number
  version: number
}

/** A request that is encoded, and how to read its answer. */
export interface Request<Answer> extends RequestKind {
  body: Buffer
  read(answer: Cursor): Answer
}

/** Keys and versions that a broker must take; the newer fencing of `initProducerId` is not among them. */
export const needed = [
  { name: 'Produce', key: 0, version: 8 },
  { name: 'Metadata', key: 3, version: 7 },
  { name: 'FindCoordinator', key: 10, version: 1 },
  { name: 'InitProducerId', key: 22, version: 1 },
  { name: 'AddPartitionsToTxn', key: 24, version: 1 },
  { name: 'EndTxn', key: 26, version: 1 },
] as const

const [produce, metadata, findCoordinator, initProducerId, addPartitions, endTransaction] = needed

/** From this version on it says who it was before, so that nobody takes the id back from a newer process. */
export const renewProducerId: RequestKind = { ...initProducerId, version: 3 }

export interface Node {
  id: number
  host: string
  port: number
}

export interface TopicPlace {
  /** Kafka's error code of the topic; 0 is none. */
  error: number
  nodes: Node[]
  /** Each with the id of its leader, -1 where it has none now, and how many copies it has. */
  partitions: { partition: number; leader: number; copies: number }[]
}

/** Where a topic's partitions are now. */
export function metadataRequest(topic: string): Request<TopicPlace> {
  const body = new Writer().int(1).text(topic).byte(0).done()
  return {
    ...metadata,
    body,
    read(answer) {
      answer.skip(4)
      const nodes = answer.array(() => {
        const node = { id: answer.int(), host: answer.text(), port: answer.int() }
        answer.nullableText()
        return node
      })
      answer.nullableText()
      answer.skip(4)
      const [found] = answer.array(() => {
        const error = answer.short()
        answer.text()
        answer.skip(1)
        const partitions = answer.array(() => {
          answer.skip(2)
          const place = { partition: answer.int(), leader: answer.int() }
          answer.skip(4)
          const copies = answer.int()
          answer.skip(4 * copies)
          // Those in sync, and those away.
          for (let lists = 0; lists < 2; lists++) answer.skip(4 * answer.int())
          return { ...place, copies }
        })
        return { error, partitions: partitions.sort((a, b) => a.partition - b.partition) }
      })
      return { nodes, ...found! }
    },
  }
}

/** Which broker keeps the transactions of an id (type 1), or the positions of a group (type 0). */
export function findCoordinatorRequest(
  id: string,
  type = 1,
): Request<{ error: number; said: string | null; node: Node }> {
  return {
    ...findCoordinator,
    body: new Writer().text(id).byte(type).done(),
    read(answer) {
      answer.skip(4)
      const error = answer.short()
      const said = answer.nullableText()
      return { error, said, node: { id: answer.int(), host: answer.text(), port: answer.int() } }
    },
  }
}

export interface ProducerIdentity {
  producerId: number
  epoch: number
}

interface ProducerAnswer extends ProducerIdentity {
  error: number
}

/** Shut out whoever had this id, and end its transaction. */
export function initProducerIdRequest(id: string, timeoutMs: number): Request<ProducerAnswer> {
  return {
    ...initProducerId,
    body: new Writer().text(id).int(timeoutMs).done(),
    read: readProducer,
  }
}

/** The same for what was ours, refused where it is not ours any more. */
export function renewProducerIdRequest(
  id: string,
  timeoutMs: number,
  { producerId, epoch }: ProducerIdentity,
): Request<ProducerAnswer> {
  // The head of a flexible version ends in a list of tagged fields, and so does its body: both are empty.
  const body = new Writer().byte(0).compactText(id).int(timeoutMs).long(producerId).short(epoch).byte(0).done()
  return {
    ...renewProducerId,
    body,
    read(answer) {
      answer.skip(1)
      return readProducer(answer)
    },
  }
}

function readProducer(answer: Cursor): ProducerAnswer {
  answer.skip(4)
  return { error: answer.short(), producerId: answer.long(), epoch: answer.short() }
}

/** Take partitions into the transaction; one code for each of them. */
export function addPartitionsRequest(
  id: string,
  { producerId, epoch }: ProducerIdentity,
  topic: string,
  partitions: readonly number[],
): Request<{ error: number }> {
  const writer = new Writer().text(id).long(producerId).short(epoch).int(1).text(topic)
  return {
    ...addPartitions,
    body: writer.array(partitions, partition => writer.int(partition)).done(),
    read(answer) {
      answer.skip(4)
      const codes = answer.array(() => {
        answer.text()
        return answer.array(() => {
          answer.skip(4)
          return answer.short()
        })
      })
      // One refusal comes with OPERATION_NOT_ATTEMPTED for all the others.
      const refusals = codes.flat().filter(code => code !== 0)
      return { error: refusals.find(code => code !== operationNotAttempted) ?? refusals[0] ?? 0 }
    },
  }
}

const operationNotAttempted = 55

/** Commit or abort. */
export function endTransactionRequest(
  id: string,
  { producerId, epoch }: ProducerIdentity,
  commit: boolean,
): Request<{ error: number }> {
  const body = new Writer()
    .text(id)
    .long(producerId)
    .short(epoch)
    .byte(commit ? 1 : 0)
    .done()
  return {
    ...endTransaction,
    body,
    read(answer) {
      answer.skip(4)
      return { error: answer.short() }
    },
  }
}

export interface PartitionAnswer {
  partition: number
  error: number
  said: string | null
}

/** One batch each for some partitions of a topic that one broker leads. */
export function produceRequest(
  id: string,
  timeoutMs: number,
  topic: string,
  batches: readonly { partition: number; bytes: Buffer }[],
): Request<PartitionAnswer[]> {
  const acknowledgedByAll = -1
  const writer = new Writer(batches.reduce((sum, { bytes }) => sum + bytes.length + 8, 1_024))
  writer.text(id).short(acknowledgedByAll).int(timeoutMs).int(1).text(topic)
  writer.array(batches, ({ partition, bytes }) => writer.int(partition).bytes(bytes))
  return {
    ...produce,
    body: writer.done(),
    read(answer) {
      const topics = answer.array(() => {
        answer.text()
        return answer.array(() => {
          const partition = answer.int()
          const error = answer.short()
          answer.skip(24)
          const refused = answer.array(() => {
            answer.skip(4)
            return answer.nullableText()
          })
          return { partition, error, said: answer.nullableText() ?? refused[0] ?? null }
        })
      })
      return topics.flat()
    },
  }
}
