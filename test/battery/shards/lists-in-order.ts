import { decodeRecommendation } from '../../../src/codec/output.ts'
import { blockRanges, openBlocks } from '../../../src/learner/process/blocks/open-blocks.ts'
import type { Log } from '../../../src/log/log.ts'
import { besideHeader } from '../../../src/log/published.ts'
import type { PipelineDefinition } from '../../../src/records/definition.ts'
import type { InterestBlock } from '../../../src/records/interest-block.ts'
import { topicsOf } from '../../../src/records/topics.ts'
import { Lists } from '../../../src/testing/lists.ts'
import { allOf } from '../../log/fixtures/read.ts'
import { type Tally, tallyOf } from '../cluster/tallies.ts'

/** The pushed lists of a pipeline beside those that a learner makes which nothing disturbs, in the recorded order. */
export async function listsInOrder(log: Log, definition: PipelineDefinition): Promise<Tally & { other: number }> {
  const topics = topicsOf(definition.name)
  const lists = new Lists(definition, await orderedBlocks(log, definition))
  const expected = await lists.all()
  lists.dispose()
  const pushed = (await allOf(log, topics.recommendations)).filter(({ headers }) => headers[besideHeader] === undefined)
  const found = pushed.map(({ value }) => decodeRecommendation(value!))
  const made = new Map(expected.map(list => [list.recommendationId, JSON.stringify(list)]))
  const isOther = (list: (typeof found)[number]) =>
    made.has(list.recommendationId) && made.get(list.recommendationId) !== JSON.stringify(list)
  const tally = tallyOf(
    made.keys(),
    found.map(({ recommendationId }) => recommendationId),
  )
  return { ...tally, other: found.filter(isOther).length }
}

async function orderedBlocks(log: Log, { name, parts }: PipelineDefinition): Promise<InterestBlock[]> {
  const topics = topicsOf(name)
  const ranges = await blockRanges(log, topics, parts)
  const blocks = await openBlocks(log, { topics, parts, ranges, checkpoint: null, onLost: undefined })
  const all: InterestBlock[] = []
  try {
    for (;;) {
      const read = await blocks.read(100)
      for (const each of read) all.push(each.block()!)
      if (read.length === 0 && (await blocks.caughtUp())) return all
    }
  } finally {
    await blocks.close()
  }
}
