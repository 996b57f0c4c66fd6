import { decodeBlock } from '../../../src/codec/block.ts'
import { decodeRecommendation } from '../../../src/codec/output.ts'
import { readDeadLetter } from '../../../src/ingest/collect/dead-letter.ts'
import type { Log } from '../../../src/log/log.ts'
import type { PipelineDefinition } from '../../../src/records/definition.ts'
import type { InterestBlock } from '../../../src/records/interest-block.ts'
import { topicsOf } from '../../../src/records/topics.ts'
import { importHeader } from '../../../src/sources/import-mark.ts'
import { Lists } from '../../../src/testing/lists.ts'
import { allOf } from '../../log/fixtures/read.ts'

/** What a topic should hold and what it holds. */
export interface Tally {
  expected: number
  missing: number
  /** Records beyond the first of each. */
  twice: number
  /** Records that nothing gives rise to. */
  foreign: number
}

export function tallyOf(expected: Iterable<string>, found: Iterable<string>): Tally {
  const wanted = new Set(expected)
  const seen = new Set<string>()
  let twice = 0
  for (const one of found) {
    if (seen.has(one)) twice++
    seen.add(one)
  }
  const missing = [...wanted].filter(one => !seen.has(one)).length
  const foreign = [...seen].filter(one => !wanted.has(one)).length
  return { expected: wanted.size, missing, twice, foreign }
}

/** Rows of an import by their number. */
export async function tallyImport(log: Log, topic: string, rows: number): Promise<Tally> {
  const found = (await allOf(log, topic)).map(({ headers }) => headers[importHeader]!.toString().split(':')[1]!)
  return tallyOf(
    Array.from({ length: rows }, (_, k) => `${k + 1}`),
    found,
  )
}

/**
 * What became of a pipeline's events: each is a sequence or a dead letter, and its lists are those that a learner makes
 * that nothing disturbs.
 */
export async function tallyRun(log: Log, definition: PipelineDefinition, acknowledged: readonly string[]) {
  const topics = topicsOf(definition.name)
  const input = await allOf(log, topics.behaviourEvents)
  const place = ({ partition, offset }: { partition: number; offset: number }) => `${partition}/${offset}`
  const ids = input.map(({ value }) => JSON.parse(value!.toString()).eventId as string)

  const letters = (await allOf(log, topics.deadLetters)).map(record => readDeadLetter(record)!)
  const blocks = (await allOf(log, topics.interestSequences)).map(({ value }) => decodeBlock(value!))
  const sequences = blocks.flatMap(block =>
    block.offset.map((offset, k) => ({
      place: place({ partition: block.partition[k]!, offset }),
      n: block.sequence[k]!,
    })),
  )
  // An event without an outcome could have been either: it counts as missing from sequences if it is a good one.
  const refused = new Set(letters.map(place))
  const outcomes = tallyOf(input.map(place), [...sequences.map(each => each.place), ...letters.map(place)])
  const kept = input.map(place).filter(each => !refused.has(each))

  const expected = await listsOf(definition, inOrder(blocks))
  const lists = (await allOf(log, topics.recommendations)).map(({ value }) => decodeRecommendation(value!))
  const made = new Map(expected.map(list => [list.recommendationId, JSON.stringify(list)]))
  return {
    input: { acknowledged: acknowledged.length, records: input.length, lost: lostOf(acknowledged, ids) },
    outcomes,
    sequences: tallyOf(
      kept,
      sequences.map(each => each.place),
    ),
    outOfOrder: sequences.filter(({ n }, k) => n !== k + 1).length,
    deadLetters: tallyOf(refused, letters.map(place)),
    recommendations: tallyOf(
      made.keys(),
      lists.map(({ recommendationId }) => recommendationId),
    ),
    otherLists: lists.filter(
      list => made.has(list.recommendationId) && made.get(list.recommendationId) !== JSON.stringify(list),
    ).length,
  }
}

function lostOf(acknowledged: readonly string[], ids: readonly string[]): number {
  const there = new Set(ids)
  return acknowledged.filter(id => !there.has(id)).length
}

/** Each block once, by the rows that it holds. */
function inOrder(blocks: readonly InterestBlock[]): InterestBlock[] {
  const byFirst = new Map(blocks.map(block => [block.sequence[0]!, block]))
  return [...byFirst.values()].sort((a, b) => a.sequence[0]! - b.sequence[0]!)
}

async function listsOf(definition: PipelineDefinition, blocks: readonly InterestBlock[]) {
  const lists = new Lists(definition, blocks)
  try {
    return await lists.all()
  } finally {
    lists.dispose()
  }
}
