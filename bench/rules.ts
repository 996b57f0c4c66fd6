import { blocksOf } from '../src/lab/experiment/blocks.ts'
import { loadRatings } from '../src/lab/experiment/load-ratings.ts'
import { createLearner } from '../src/learner/create-learner.ts'
import { openBackend } from '../src/nn/backend.ts'
import { withSettings } from '../src/pipeline/settings.ts'
import type { PipelineDefinition } from '../src/records/definition.ts'
import type { Rule } from '../src/records/rules.ts'
import { findPipeline } from '../src/run/find-pipeline.ts'
import type { Row } from './results.ts'

/** Of every kind; half of them depend on the user, too. */
const tenRules: readonly Rule[] = [
  { show: 'item.price > 0.5' },
  { show: 'item.price < 100 || user.segment != "saver"' },
  { show: '!(user.region == "r1" && item.brand == "b7")' },
  { boost: 'item.price < 20', by: 1.3 },
  { boost: 'item.price > 80 && user.segment == "premium"', by: 2 },
  { cap: { by: 'item.brand', most: 2 } },
  { cap: { by: 'item.category', most: 3, first: 5 } },
  { pin: 'item.price < 15', place: 3 },
  { pin: 'item.price < 50 && user.events > 2', place: 5 },
  { spread: { by: 'item.category', strength: 0.3 } },
]

/** Lists under ten rules beside lists under none: two learners take the same blocks in turn, each event gives rise to a list. */
export async function benchRules(
  { items, users }: { items: number; users: number },
  say: (line: string) => void,
): Promise<Row[]> {
  const plain = withSettings(await findPipeline('generated-shop'), {
    'learn.maxItems': 2 * items,
    'learn.checkpointEvery': 1_000_000_000,
    'recommend.everyMs': 0,
  })
  const ratings = await loadRatings(plain, `users=${users},items=${items},days=1`)
  const backend = await openBackend()
  const trial = (definition: PipelineDefinition) => ({
    learner: createLearner({ definition, backend }),
    seconds: 0,
    lists: 0,
  })
  const trials = [trial(plain), trial({ ...plain, rules: tenRules })]
  let events = 0
  for (const [number, block] of [...blocksOf(ratings, plain, undefined, true)].entries()) {
    // The first blocks bring the catalogue; what changes in it later is not what lists cost.
    if (number >= 2) block.changes = []
    // Who goes first takes turns, too.
    for (const each of number % 2 === 0 ? trials : trials.toReversed()) {
      const started = performance.now()
      const { recommendations } = each.learner.consume(block, 0, block.sequence.length)
      if (number < 2) continue
      each.seconds += (performance.now() - started) / 1000
      each.lists += recommendations.length
    }
    events += block.sequence.length
  }
  for (const { learner } of trials) learner.dispose()
  const [none, ten] = trials.map(({ lists, seconds }) => lists / seconds) as [number, number]
  say(`${events} events, ${trials[1]!.lists} lists under rules`)
  const what = `lists, ${items.toLocaleString('en')} items, a list at every event`
  return [
    { what: `${what}: without rules`, value: none, unit: 'per second' },
    { what: `${what}: ten rules`, value: ten, unit: 'per second' },
    { what: 'of the throughput without rules', value: ten / none, unit: 'ratio' },
  ]
}
