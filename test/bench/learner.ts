import { blocksOf } from '../../src/experiment/blocks.ts'
import { loadRatings } from '../../src/experiment/load-ratings.ts'
import { openBackend } from '../../src/model/backend.ts'
import { findPipeline } from '../../src/pipeline/find-pipeline.ts'
import { createLearner } from '../../src/train/create-learner.ts'
import type { Row } from './results.ts'

/** The learner by itself, in this process: sequences in, weights and lists out. */
export async function benchLearner(events: number): Promise<Row[]> {
  const definition = await findPipeline('generated')
  const backend = await openBackend()
  const blocks = [...blocksOf(await loadRatings(definition, `events=${events},users=20000,items=5000`), definition)]
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
