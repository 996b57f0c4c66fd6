import { setImmediate as breathe } from 'node:timers/promises'
import type { Policy } from '../baselines/policy.ts'
import type { Baseline } from '../baselines/registry.ts'
import { hashText } from '../model/random.ts'
import type { Trial, TrialContext, TrialResult } from './experiment.ts'
import type { Ratings } from './ratings.ts'
import { createScoring } from './scoring.ts'
import { perUserSplit } from './split.ts'

/**
 * A baseline under the frozen per-user protocol: it learns the first `share` of each user's events in order of time, fits,
 * and predicts the rest without learning from them.
 *
 *     perUserTrials: ({ seeds }) => seededTrials(baselines, seeds, staticTrial)
 */
export function staticTrial(baseline: Baseline, seed: number | null, { share = 0.8 } = {}): Trial {
  return trialOf(baseline, seed, async (policy, context) => {
    const { ratings, definition, clock } = context
    const { train, test } = perUserSplit(ratings, share)
    const score = createScoring(definition.scale, ratings.userIds.length)
    const start = clock()
    await eachRow(train, 0, 0.3, context, row => learnRow(policy, ratings, row))
    await fitted(policy, 0.3, 0.9, context)
    await eachRow(test, 0.9, 1, context, row =>
      score.add(ratings.user[row]!, predictRow(policy, ratings, row), ratings.reward[row]!),
    )
    return score.result(ratings.length, (clock() - start) / 1000)
  })
}

/**
 * A baseline under the prequential protocol: each event is predicted, scored, then learned. One that learns in batches is
 * fitted again each time its events have grown by `refitGrowth`.
 */
export function prequentialTrial(
  baseline: Baseline,
  seed: number | null,
  { firstFit = 1000, refitGrowth = 1.5 } = {},
): Trial {
  return trialOf(baseline, seed, async (policy, context) => {
    const { ratings, definition, clock } = context
    const score = createScoring(definition.scale, ratings.userIds.length)
    const rows = Int32Array.from({ length: ratings.length }, (_, row) => row)
    const start = clock()
    let nextFit = policy.fit ? firstFit : Number.POSITIVE_INFINITY
    for (let from = 0; from < rows.length; ) {
      const to = Math.min(rows.length, nextFit)
      await eachRow(rows.subarray(from, to), from / rows.length, to / rows.length, context, row => {
        score.add(ratings.user[row]!, predictRow(policy, ratings, row), ratings.reward[row]!)
        learnRow(policy, ratings, row)
      })
      from = to
      if (from < rows.length) await fitted(policy, from / rows.length, from / rows.length, context)
      nextFit = Math.ceil(nextFit * refitGrowth)
    }
    return score.result(ratings.length, (clock() - start) / 1000)
  })
}

/** One trial for each seed where chance plays a part, else one. */
export function seededTrials(
  baselines: readonly Baseline[],
  seeds: readonly number[],
  trial: (baseline: Baseline, seed: number | null) => Trial,
): Trial[] {
  return baselines.flatMap(baseline => (baseline.random ? seeds : [null]).map(seed => trial(baseline, seed)))
}

function trialOf(
  baseline: Baseline,
  seed: number | null,
  run: (policy: Policy, context: TrialContext) => Promise<TrialResult>,
): Trial {
  // A trial's name is also its file's, where plus signs do not last: SVD++ must not become SVD.
  const name = baseline.name.replaceAll('+', 'p')
  return {
    name: seed === null ? name : `${name} seed ${seed}`,
    policy: baseline.name,
    seed,
    run(context) {
      const policy = baseline.create({ seed: seed ?? 0 })
      for (const [slot, id] of context.ratings.userIds.entries()) policy.resetUser(slot, hashText(id))
      for (const [slot, id] of context.ratings.itemIds.entries()) policy.resetItem(slot, hashText(id))
      return run(policy, context)
    },
  }
}

const predictRow = (policy: Policy, { user, item, time }: Ratings, row: number) =>
  policy.predict(user[row]!, item[row]!, time[row]!)

const learnRow = (policy: Policy, { user, item, reward, time }: Ratings, row: number) =>
  policy.learn(user[row]!, item[row]!, reward[row]!, time[row]!)

/** Goes through rows, with a pause now and then in which Ctrl-C is heard. */
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

async function fitted(policy: Policy, from: number, to: number, context: TrialContext) {
  if (policy.fitSteps === undefined) return policy.fit?.()
  for (const share of policy.fitSteps()) await pause(from + (to - from) * share, context, 'fit')
}

async function pause(share: number, { progress, signal }: TrialContext, words?: string) {
  progress(share, words)
  await breathe()
  signal.throwIfAborted()
}
