import { setImmediate } from 'node:timers/promises'
import { openBackend } from '../model/backend.ts'
import type { PipelineDefinition } from '../pipeline/definition.ts'
import { createLearner } from '../train/create-learner.ts'
import { policyNames } from '../train/learner-parts.ts'
import { blocksOf } from './blocks.ts'
import type { Collect } from './collect.ts'
import type { Trial, TrialContext, TrialResult } from './experiment.ts'
import type { Ratings } from './ratings.ts'

/** The product's own policy; a pass of its learner scores the learner's other policies too. */
export const ownPolicy = 'ddpg-la'

export interface LearnerTrial {
  seed: number
  /** Makes one collector per policy. */
  collect: Collect
  /** Rows in the order in which they pass (default: all, by time), and from which place on they are scored, and not learned from. */
  plan?: (ratings: Ratings) => { rows: ArrayLike<number>; scoredFrom: number; frozen: boolean }
  /** How a policy is called in the results; default: as in the learner. */
  label?: (policy: string) => string
}

/**
 * One pass of the product's learner over a source: predict, score, learn, for all of its policies at once.
 *
 *     trials: ({ seeds }) => seeds.map(seed => learnerTrial({ seed, collect: collectScores }))
 *
 * Its tables are made large enough for every user and item of the source, which the result says in a note.
 */
export function learnerTrial({ seed, collect, plan, label = policy => policy }: LearnerTrial): Trial {
  const own = label(ownPolicy)
  return {
    name: `${own} seed ${seed}`,
    policy: own,
    alongside: policyNames.filter(name => name !== ownPolicy).map(label),
    seed,
    async run(context) {
      const { ratings } = context
      const { rows, scoredFrom, frozen } = plan?.(ratings) ?? {
        ...{ rows: { length: ratings.length }, scoredFrom: 0, frozen: false },
      }
      const collectors = policyNames.map(() => collect(context))
      const { eventsPerSecond, notes } = await passLearner(context, seed, {
        rows,
        frozenFrom: frozen ? scoredFrom : rows.length,
        predicted(row, predictions, at) {
          if (at < scoredFrom) return
          for (let p = 0; p < collectors.length; p++) collectors[p]!.add(row, predictions[p]!)
        },
      })
      const results = Object.fromEntries(policyNames.map((name, p) => [label(name), collectors[p]!.result()]))
      const { [own]: result, ...alongside } = results as Record<string, TrialResult>
      return { ...result!, metrics: { ...result!.metrics, eventsPerSecond }, notes, alongside }
    },
  }
}

interface Pass {
  rows: ArrayLike<number>
  /** From this place in the order on, nothing is learned. */
  frozenFrom: number
  /** Hears every policy's prediction of a row before it is learned from; the array is overwritten. */
  predicted: (row: number, predictions: Float64Array, at: number) => void
}

async function passLearner(
  { definition: given, ratings, progress, signal, clock }: TrialContext,
  seed: number,
  { rows, frozenFrom, predicted }: Pass,
): Promise<{ eventsPerSecond: number; notes: string[] }> {
  const { definition, notes } = withRoom({ ...given, learn: { ...given.learn, seed } }, ratings)
  const backend = await openBackend()
  const learner = createLearner({ definition, backend })
  let [at, spent] = [0, 0]
  try {
    for (const block of blocksOf(ratings, definition, rows)) {
      const { length } = block.sequence
      const begins = at
      const started = clock()
      const listen = (k: number, predictions: Float64Array) => {
        const place = begins + k
        predicted(rows[place] ?? place, predictions, place)
      }
      const cut = Math.min(length, Math.max(0, frozenFrom - begins))
      learner.consume(block, 0, cut, { predicted: listen })
      learner.consume(block, cut, length, { predicted: listen, frozen: true })
      at += length
      spent += clock() - started
      await setImmediate() // lets messages in
      signal.throwIfAborted()
      progress(at / rows.length, `${Math.round((1000 * at) / spent).toLocaleString('en')} events/s`)
    }
  } finally {
    learner.dispose()
  }
  return { eventsPerSecond: (1000 * at) / spent, notes: [`TensorFlow.js backend: ${backend.name}.`, ...notes] }
}

/** A definition whose learner forgets none of the source's users and items. */
function withRoom(definition: PipelineDefinition, { userIds, itemIds }: Ratings) {
  const { learn } = definition
  const room = {
    maxUsers: Math.max(learn.maxUsers, userIds.length),
    maxItems: Math.max(learn.maxItems, itemIds.length),
  }
  const raised = (['maxUsers', 'maxItems'] as const).filter(name => room[name] !== learn[name])
  return {
    definition: { ...definition, learn: { ...learn, ...room } },
    notes: raised.map(name => `learn.${name} is raised to ${room[name]}, to hold all of the source.`),
  }
}
