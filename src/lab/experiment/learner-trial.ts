import { setImmediate } from 'node:timers/promises'
import { createLearner } from '../../learner/create-learner.ts'
import { openBackend } from '../../nn/backend.ts'
import type { PipelineDefinition, Scale } from '../../records/definition.ts'
import { ownPolicy, scoredPolicies } from '../../records/policy-names.ts'
import { count } from '../../records/words.ts'
import type { LearnSettings } from '../../settings/types.ts'
import { blocksOf } from './blocks.ts'
import type { Trial, TrialContext, TrialResult } from './experiment.ts'
import { type Pass, type Plan, planOf } from './pass.ts'
import { onePass } from './policy-trial.ts'
import type { Ratings } from './ratings.ts'

export interface LearnerTrialOptions {
  /** Of the pipeline's scale, by which the learner has its policies. */
  kind?: Scale['kind']
  change?: Partial<LearnSettings>
  ownOnly?: boolean
}

/**
 * One pass of the product's learner over a source: predict, score, learn, for all of its policies at once.
 *
 *     trials: ({ seeds }) => seeds.map(seed => learnerTrial(seed, { collect: collectScores }))
 *
 * Its tables are made large enough for every user and item of the source, which the result says in a note. `change` sets
 * settings of the learner. What of the learner's policies is a baseline by itself too is left to the baseline's own trial,
 * with `ownOnly` all but ddpg-la-residual.
 */
export function learnerTrial(
  seed: number,
  pass: Pass,
  { kind = 'rating', change = {}, ownOnly = false }: LearnerTrialOptions = {},
): Trial {
  const label = pass.label ?? (policy => policy)
  const own = label(ownPolicy)
  const kept = scoredPolicies(kind).filter(
    name => name === ownPolicy || !(ownOnly || onePass(kind).some(each => each.name === name)),
  )
  return {
    name: `${own} seed ${seed}`,
    policy: own,
    alongside: kept.filter(name => name !== ownPolicy).map(label),
    seed,
    async run(context) {
      const plan = planOf(pass, context.ratings)
      const names = scoredPolicies(context.definition.scale.kind)
      const collectors = names.map(name => (kept.includes(name) ? pass.collect(context) : null))
      const listen = (row: number, predictions: Float64Array, at: number) => {
        if (at < plan.scoredFrom) return
        for (let p = 0; p < collectors.length; p++) collectors[p]?.add(row, predictions[p]!)
      }
      const { eventsPerSecond, notes } = await passLearner(context, { ...change, seed }, plan, listen)
      const results: Record<string, TrialResult> = {}
      for (const [p, name] of names.entries()) {
        const result = collectors[p]?.result()
        if (result !== undefined) results[label(name)] = result
      }
      const { [own]: result, ...alongside } = results
      return {
        ...result,
        metrics: { ...result!.metrics, eventsPerSecond },
        notes: [...notes, ...(result!.notes ?? [])],
        alongside,
      }
    },
  }
}

async function passLearner(
  { definition: given, ratings, progress, signal, clock }: TrialContext,
  change: Partial<LearnSettings>,
  { rows, scoredFrom, frozen }: Plan,
  onPrediction: (row: number, predictions: Float64Array, at: number) => void,
): Promise<{ eventsPerSecond: number; notes: string[] }> {
  const { definition, notes } = withRoom({ ...given, learn: { ...given.learn, ...change } }, ratings)
  const backend = await openBackend()
  const learner = createLearner({ definition, backend })
  const frozenFrom = frozen ? scoredFrom : rows.length
  let [at, spent] = [0, 0]
  try {
    for (const block of blocksOf(ratings, definition, rows)) {
      const { length } = block.sequence
      const begins = at
      const predicted = (k: number, predictions: Float64Array) =>
        onPrediction(rows[begins + k]!, predictions, begins + k)
      const started = clock()
      const cut = Math.min(length, Math.max(0, frozenFrom - begins))
      learner.consume(block, 0, cut, { predicted })
      learner.consume(block, cut, length, { predicted, frozen: true })
      at += length
      spent += clock() - started
      await setImmediate() // lets messages in
      signal.throwIfAborted()
      progress(at / rows.length, `${count((1000 * at) / spent)} events/s`)
    }
  } finally {
    learner.dispose()
  }
  return { eventsPerSecond: (1000 * at) / spent, notes: [`TensorFlow.js backend: ${backend.name}.`, ...notes] }
}

/** A definition whose learner forgets none of the source's users and items. */
export function withRoom(definition: PipelineDefinition, { userIds, itemIds }: Ratings) {
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
