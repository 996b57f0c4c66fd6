import { decodeBlock } from '../../../src/codec/block.ts'
import { readDeadLetter } from '../../../src/ingest/collect/dead-letter.ts'
import type { Log } from '../../../src/log/log.ts'
import { owns } from '../../../src/records/part.ts'
import { topicsOf } from '../../../src/records/topics.ts'
import { allOf } from '../../log/fixtures/read.ts'
import { type Tally, tallyOf } from '../cluster/tallies.ts'

/** What became of the events of a pipeline of several parts. */
export interface Became {
  /** Every event of the input is a row or a dead letter, once. */
  outcomes: Tally
  /** Rows that are not numbered as those before them say, by part. */
  misnumbered: number
  /** Rows of a partition that another part owns. */
  elsewhere: number
  /** Rows that stand behind a later event of their partition: a user's events are on one. */
  outOfOrder: number
}

export async function whatBecame(log: Log, pipeline: string, parts: number): Promise<Became> {
  const topics = topicsOf(pipeline)
  const place = ({ partition, offset }: { partition: number; offset: number }) => `${partition}/${offset}`
  const input = (await allOf(log, topics.behaviourEvents)).map(place)
  const letters = (await allOf(log, topics.deadLetters))
    .map(record => readDeadLetter(record)!)
    .filter(({ topic }) => topic === topics.behaviourEvents)
  const rows: { partition: number; offset: number }[] = []
  const next = new Array<number>(parts).fill(1)
  const newest = new Map<number, number>()
  let [misnumbered, elsewhere, outOfOrder] = [0, 0, 0]
  for (const record of await allOf(log, topics.interestSequences)) {
    const block = decodeBlock(record.value!)
    for (let k = 0; k < block.sequence.length; k++) {
      const [partition, offset] = [block.partition[k]!, block.offset[k]!]
      rows.push({ partition, offset })
      if (block.sequence[k] !== next[record.partition]) misnumbered += 1
      next[record.partition] = block.sequence[k]! + 1
      if (!owns({ part: record.partition, of: parts }, partition)) elsewhere += 1
      if (offset <= (newest.get(partition) ?? -1)) outOfOrder += 1
      newest.set(partition, offset)
    }
  }
  return { outcomes: tallyOf(input, [...rows.map(place), ...letters.map(place)]), misnumbered, elsewhere, outOfOrder }
}

/** How many events wait to be ingested: those of the input that have come to nothing yet. */
export async function waiting(log: Log, pipeline: string): Promise<number> {
  const topics = topicsOf(pipeline)
  const ends = (await log.ranges(topics.behaviourEvents)).reduce((sum, { first, end }) => sum + end - first, 0)
  const numberIn = (records: Awaited<ReturnType<Log['newest']>>, header: string) =>
    records.reduce((sum, { headers }) => sum + Number(headers[header]?.toString() ?? 0), 0)
  const rows = numberIn(await log.newest(topics.interestSequences), 'recstream-last')
  return ends - rows - numberIn(await log.newest(topics.deadLetters), 'recstream-number')
}
