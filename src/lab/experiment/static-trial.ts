import { setImmediate } from 'node:timers/promises'
import type { Policy } from '../../predictors/baselines/policy.ts'
import type { Baseline } from '../../predictors/baselines/registry.ts'
import { admitAll } from './admit-all.ts'
import type { Trial, TrialContext } from './experiment.ts'
import { createScoring } from './scoring.ts'
import { perUserSplit } from './split.ts'

/**
 * A baseline under the frozen per-user protocol: it learns the first 80% of each user's events in order of time, fits, and
 * predicts the rest without learning from them.
 *
 *     trials: ({ seeds }) => seededTrials(baselines, seeds, staticTrial)
 */
export function staticTrial(baseline: Baseline, seed: number | null): Trial {
  return {
    name: seed === null ? baseline.name : `${baseline.name} seed ${seed}`,
    policy: baseline.name,
    seed,
    async run(context) {
      const { ratings, definition, clock } = context
      const { user, item, reward, time } = ratings
      const policy = baseline.create({ seed: seed ?? 0 })
      admitAll(policy, ratings)
      const { train, test } = perUserSplit(ratings)
      const scoring = createScoring(definition.scale, ratings.userIds.length)
      const start = clock()
      await eachRow(train, 0, 0.3, context, row => policy.learn(user[row]!, item[row]!, reward[row]!, time[row]!))
      await fitInSteps(policy, 0.3, 0.9, context)
      await eachRow(test, 0.9, 1, context, row =>
        scoring.add(user[row]!, policy.predict(user[row]!, item[row]!, time[row]!), reward[row]!),
      )
      return scoring.result(ratings.length, (clock() - start) / 1000)
    },
  }
}

/** One trial for each seed where chance plays a part, else one. */
export function seededTrials(
  baselines: readonly Baseline[],
  seeds: readonly number[],
  trial: (baseline: Baseline, seed: number | null) => Trial,
): Trial[] {
  return baselines.flatMap(baseline => (baseline.random ? seeds : [null]).map(seed => trial(baseline, seed)))
}

/** Goes through rows, with a pause now and then in which Ctrl-C is received. */
async function eachRow(
  rows: Int32Array,
  from: number,
  to: number,
  context: TrialContext,
  visit: (row: number) => void,
) {
  for (let k = 0; k < rows.length; k++) {
    visit(rows[k]!)
    if (k % 4096 === 0) await pause(from + ((to - from) * k) / rows.length, context)
  }
}

async function fitInSteps(policy: Policy, from: number, to: number, context: TrialContext) {
  if (policy.fitSteps === undefined) return policy.fit?.()
  for (const share of policy.fitSteps()) await pause(from + (to - from) * share, context, 'fit')
}

async function pause(share: number, { progress, signal }: TrialContext, words?: string) {
  progress(share, words)
  await setImmediate()
  signal.throwIfAborted()
}
