import type { Position } from '../log/log.ts'
import { owns } from '../records/part.ts'
import type { PartAnswer } from './ask-parts.ts'
import { added } from './spoken-as-one.ts'

/** What a process that ingests says of itself. */
export interface IngestStatus {
  log: string
  eventsRead: number
  perSecond: number
  sequence: number
  publishedSequence: number
  eventsKept: number
  rejected: Record<string, number>
  recommendations: number
  positions: Position[]
}

/** The sums over all parts that answer, with the place where each partition's owner reads on; null where none does. */
export function ingestTogether(answers: readonly PartAnswer<IngestStatus>[]): IngestStatus | null {
  const told = answers.flatMap(({ answer, ...part }) => (answer === null ? [] : [{ part, ...answer }]))
  const [first] = told
  if (first === undefined) return null
  const sum = (number: (status: IngestStatus) => number) => told.reduce((total, each) => total + number(each), 0)
  return {
    log: first.log,
    rejected: added(told.map(({ rejected }) => rejected)),
    eventsRead: sum(each => each.eventsRead),
    perSecond: sum(each => each.perSecond),
    sequence: sum(each => each.sequence),
    publishedSequence: sum(each => each.publishedSequence),
    eventsKept: sum(each => each.eventsKept),
    recommendations: sum(each => each.recommendations),
    positions: told.flatMap(({ part, positions }) => positions.filter(({ partition }) => owns(part, partition))),
  }
}
