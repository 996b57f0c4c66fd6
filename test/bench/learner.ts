import { encodeEvent } from '../../src/codec/input.ts'
import { createEventCollector } from '../../src/collect/collect.ts'
import { Stages } from '../../src/ingest/stages.ts'
import { openBackend } from '../../src/model/backend.ts'
import { findPipeline } from '../../src/pipeline/find-pipeline.ts'
import { createLearner } from '../../src/train/create-learner.ts'
import { emptyBlock } from '../../src/window/block-builder.ts'
import type { InterestBlock } from '../../src/window/sequence.ts'
import type { Row } from './results.ts'

/** The learner by itself, in this process: sequences in, weights and lists out. */
export async function benchLearner(events: number): Promise<Row[]> {
  const definition = await findPipeline('generated')
  const backend = await openBackend()
  const blocks = await blocksOf(events)
  const learner = createLearner({ definition, backend })
  const started = performance.now()
  let lists = 0
  for (const block of blocks) lists += learner.consume(block, 0, block.sequence.length).recommendations.length
  const seconds = (performance.now() - started) / 1000
  learner.dispose()
  return [
    { what: `learner alone (${backend.name}), training included`, value: events / seconds, unit: 'events/s' },
    { what: 'lists per event meanwhile', value: lists / events, unit: 'ratio' },
  ]
}

async function blocksOf(count: number): Promise<InterestBlock[]> {
  const definition = await findPipeline('generated')
  const position = { sequence: 0, deadLetter: 0, publishedSequence: 0 }
  const stages = new Stages({ definition, collector: createEventCollector({}), position, clock: () => 0 })
  const records = []
  let offset = 0
  for await (const event of definition.source!.read(`events=${count},users=20000,items=5000`).events()) {
    records.push({
      topic: 'generated.behaviour-events',
      partition: 0,
      offset: offset++,
      timestamp: event.time,
      key: Buffer.from(event.userId),
      value: encodeEvent(event, 'json'),
      headers: {},
    })
  }
  const nothing = { users: { take: () => [] }, items: { take: () => [] } }
  const { blocks } = stages.work(stages.collect(records), nothing)
  return blocks.length > 0 ? blocks : [emptyBlock()]
}
