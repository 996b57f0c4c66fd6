import { RecstreamError } from '../../../errors.ts'
import type { OutgoingRecord } from '../../log.ts'
import { answerError, duplicateSequence, invalidRecord, partitionBusy, tooLarge } from './codes.ts'
import type { Cut } from './cut.ts'
import { type CommonHeader, encodeBatch } from './encode-batch.ts'
import { type Placement, placementOf } from './placement.ts'
import { type Node, type PartitionAnswer, produceRequest } from './requests.ts'
import type { Session } from './session.ts'

/** A leader has this long to bring a batch to its replicas; less than kafkajs waits for the answer, ms. */
const replicationMs = 8_000
/** A request holds at most about this much; brokers refuse those above 100 MiB, bytes. */
const requestBytes = 32 * 2 ** 20
const shortestPauseMs = 5
const longestPauseMs = 200

/** What is to be sent: the records, what each takes up, and how they are cut. */
export interface Load {
  topic: string
  records: readonly OutgoingRecord[]
  sizes: Int32Array
  cuts: readonly Cut[]
  common: CommonHeader
}

/** A partition's batches on their way, one at a time. */
interface Lane {
  partition: number
  batches: readonly Int32Array[]
  sent: number
  /** The batch that is not acknowledged, as it was first encoded: only the very same one is known again by its number. */
  bytes: Buffer | null
}

/**
 * Send each partition's batches to its leader, all leaders at once, until each batch is acknowledged.
 *
 * Says which batch was too large for the topic, by its count of records and bytes; null when all are acknowledged.
 */
export async function sendAll(
  session: Session,
  load: Load,
  placement: Placement,
): Promise<{ records: number; bytes: number } | null> {
  const { brokers } = session
  let place = placement
  let lanes = load.cuts.map(({ partition, batches }): Lane => ({ partition, batches, sent: 0, bytes: null }))
  for (let pause = shortestPauseMs; lanes.length > 0; ) {
    const { requests, leaderless } = requestsOf(session, load, lanes, place)
    const answers = await Promise.all(requests.map(({ leader, lanes: some }) => ask(session, load, leader, some)))
    const tooMuch = take(session, load, lanes, answers.flat())
    if (tooMuch !== null) return tooMuch
    const acknowledged = answers.flat().filter(isAcknowledged).length
    if (leaderless || acknowledged < requests.reduce((sum, request) => sum + request.lanes.length, 0)) {
      pause = acknowledged > 0 ? shortestPauseMs : Math.min(2 * pause, longestPauseMs)
      await brokers.pause(pause)
      // The one that said who leads may not have been told yet.
      brokers.tryAnother()
      place = await placementOf(brokers, load.topic, placement.partitions)
    }
    lanes = lanes.filter(({ sent, batches }) => sent < batches.length)
  }
  return null
}

function requestsOf(session: Session, load: Load, lanes: readonly Lane[], place: Placement) {
  const requests = new Map<number, { leader: Node; lanes: Lane[]; bytes: number }>()
  let leaderless = false
  for (const lane of lanes) {
    const leader = place.leaderOf(lane.partition)
    if (leader === null) {
      leaderless = true
      session.brokers.trouble = `${load.topic}/${lane.partition} has no leader`
      continue
    }
    const request = requests.get(leader.id) ?? { leader, lanes: [], bytes: 0 }
    requests.set(leader.id, request)
    if (request.bytes > requestBytes) continue
    lane.bytes ??= encodeBatch(load.records, lane.batches[lane.sent]!, load.sizes, load.common, {
      ...session.identity,
      sequence: session.sequence(load.topic, lane.partition),
    })
    request.lanes.push(lane)
    request.bytes += lane.bytes.length
  }
  return { requests: [...requests.values()], leaderless }
}

/** Ask one leader; where it cannot be asked, none of its batches is acknowledged. */
async function ask(
  session: Session,
  { topic }: Load,
  leader: Node,
  lanes: readonly Lane[],
): Promise<PartitionAnswer[]> {
  const { id, brokers } = session
  const batches = lanes.map(({ partition, bytes }) => ({ partition, bytes: bytes! }))
  const request = produceRequest(id, replicationMs, topic, batches)
  return (await brokers.unlessPassing(() => brokers.ask(leader, request))) ?? []
}

/** A batch that was sent before, and whose answer got lost, is there too. */
function isAcknowledged({ error }: PartitionAnswer): boolean {
  return error === 0 || error === duplicateSequence
}

function take(session: Session, { topic }: Load, lanes: readonly Lane[], answers: readonly PartitionAnswer[]) {
  let tooMuch: { records: number; bytes: number } | null = null
  for (const answer of answers) {
    const { partition, error, said } = answer
    const lane = lanes.find(candidate => candidate.partition === partition)!
    const batch = lane.batches[lane.sent]!
    if (isAcknowledged(answer)) {
      session.advance(topic, partition, batch.length)
      lane.sent++
      lane.bytes = null
    } else if (tooLarge.has(error)) {
      if (tooMuch === null || batch.length < tooMuch.records)
        tooMuch = { records: batch.length, bytes: lane.bytes!.length }
    } else {
      const refusal = answerError(error, said)
      session.brokers.trouble = `${topic}/${partition}: ${refusal.message}`
      if (error === invalidRecord) {
        throw new RecstreamError(
          'RECORD_INVALID',
          `The broker takes a record for ${topic} not (${said ?? refusal.message}).`,
        )
      }
      if (!partitionBusy.has(error)) throw refusal
    }
  }
  return tooMuch
}
