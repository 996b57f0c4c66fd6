import { setImmediate } from 'node:timers/promises'
import type { Policy } from '../../predictors/baselines/policy.ts'
import { type Baseline, baselines } from '../../predictors/baselines/registry.ts'
import { watchRegression } from '../../predictors/ensemble/watch/watch-regression.ts'
import type { Scale } from '../../records/definition.ts'
import { count } from '../../records/words.ts'
import type { LearnSettings } from '../../settings/types.ts'
import { admitAll, type Described } from './admit-all.ts'
import type { Trial } from './experiment.ts'
import { type Pass, planOf } from './pass.ts'
import { surroundingsOf, tellingSurroundings } from './surroundings.ts'

/** A policy that learns per event, and may take feature tokens. */
export interface Candidate extends Pick<Baseline, 'name' | 'random'> {
  create: (options: { seed: number; learn: LearnSettings }) => Policy & Partial<Described>
}

const perEvent: readonly Candidate[] = baselines.filter(({ create }) => create({ seed: 0 }).fit === undefined)

/** The logistic regression of watch rewards, without the ensemble that takes it as an expert. */
export const logistic: Candidate = { name: 'logistic', random: false, create: () => watchRegression() }

/** The policies that learn per event and stand by themselves, by the kind of the pipeline's scale. */
export const onePass = (kind: Scale['kind']): readonly Candidate[] =>
  kind === 'watch' ? [...perEvent, logistic] : perEvent

/**
 * One pass of a policy by itself over a source: predict, score, learn, as the learner does, with nothing around it.
 *
 *     trials: ({ definition, seeds }) => onePass(definition.scale.kind).flatMap(each => policyTrials(each, seeds, { collect: collectScores }))
 *
 * There is one trial a seed where chance plays a part, else one.
 */
export function policyTrials(candidate: Candidate, seeds: readonly number[], pass: Pass): Trial[] {
  return (candidate.random ? seeds : [null]).map(seed => policyTrial(candidate, seed, pass))
}

function policyTrial({ name, create }: Candidate, seed: number | null, pass: Pass): Trial {
  const policyName = pass.label?.(name) ?? name
  return {
    name: seed === null ? policyName : `${policyName} seed ${seed}`,
    policy: policyName,
    seed,
    async run(context) {
      const { definition, ratings, progress, signal, clock } = context
      const { rows, scoredFrom, frozen } = planOf(pass, ratings)
      const policy = create({ seed: seed ?? 0, learn: definition.learn })
      admitAll(policy, ratings)
      const collector = pass.collect(context)
      const tellSurroundings = tellingSurroundings(policy, ratings, surroundingsOf(context))
      let spent = 0
      for (let from = 0; from < rows.length; from += chunk) {
        const started = clock()
        const to = Math.min(rows.length, from + chunk)
        for (let at = from; at < to; at++) {
          const row = rows[at]!
          const [user, item, time] = [ratings.user[row]!, ratings.item[row]!, ratings.time[row]!]
          tellSurroundings(row)
          const predicted = policy.predict(user, item, time)
          if (at >= scoredFrom) collector.add(row, predicted)
          if (at < scoredFrom || !frozen) policy.learn(user, item, ratings.reward[row]!, time)
        }
        spent += clock() - started
        await setImmediate() // lets messages in
        signal.throwIfAborted()
        progress(to / rows.length, `${count((1000 * to) / spent)} events/s`)
      }
      const { metrics, ...rest } = collector.result()
      return { metrics: { ...metrics, eventsPerSecond: (1000 * rows.length) / spent }, ...rest }
    },
  }
}

const chunk = 4096
