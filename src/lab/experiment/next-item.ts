import { setImmediate } from 'node:timers/promises'
import type { Experiment, Trial, TrialContext, TrialResult } from './experiment.ts'
import { histories } from './ranking/histories.ts'
import { rankingPolicies } from './ranking/policies.ts'
import { rankOf, unranked } from './ranking/rank.ts'
import type { RankingPolicy } from './ranking/ranking-policy.ts'
import { rankScoring } from './ranking/score-ranks.ts'

/**
 * Every event in order of time: its item is ranked among all items that somebody had before and this user did not, then
 * learned from. An item that is new, or that the user had already, counts 0; ties count half.
 *
 *     npx recstream experiment next-item --source ml-100k
 */
export const nextItem: Experiment = {
  name: 'next-item',
  summary: 'rank the item of every event before learning from it, among all that the user has not had',
  pipeline: 'movielens',
  trials: () =>
    rankingPolicies.map(
      ({ name, make, alongside = [] }): Trial => ({
        name,
        policy: name,
        alongside,
        seed: null,
        run: context => rankEveryEvent(make(context.ratings), context),
      }),
    ),
}

/** Scores policies that share a pass over all events; the first one's result carries the others'. */
export async function rankEveryEvent(
  policies: readonly RankingPolicy[],
  { ratings, progress, signal, clock }: Pick<TrialContext, 'ratings' | 'progress' | 'signal' | 'clock'>,
): Promise<TrialResult> {
  const [users, items] = [ratings.userIds.length, ratings.itemIds.length]
  const past = histories(users, items)
  const known = new Uint8Array(items)
  const candidates = new Int32Array(items)
  const scores = new Float64Array(items)
  const scorings = policies.map(() => rankScoring(users))
  const start = clock()
  for (let row = 0; row < ratings.length; row++) {
    if (row % 256 === 0) {
      progress(row / ratings.length)
      await setImmediate()
      signal.throwIfAborted()
    }
    const [user, item] = [ratings.user[row]!, ratings.item[row]!]
    const rankable = known[item] === 1 && !past.has(user, item)
    let [count, target] = [0, -1]
    for (let each = 0; rankable && each < items; each++) {
      if (known[each] === 0 || past.has(user, each)) continue
      if (each === item) target = count
      candidates[count++] = each
    }
    for (const [p, policy] of policies.entries()) {
      if (rankable) policy.score(user, candidates, count, scores)
      scorings[p]!.add(user, rankable ? rankOf(scores, count, target) : unranked)
      if (rankable) policy.picked?.(user, count, target)
    }
    // Not before all have ranked: policies of one pass may share what they learn.
    for (const policy of policies) policy.learn(user, item, ratings.time[row]!)
    known[item] = 1
    past.add(user, item)
  }
  const seconds = (clock() - start) / 1000
  const results = scorings.map(scoring => scoring.result(seconds))
  return withOthers(policies, results)
}

/** The first policy's result, with the others' alongside. */
export function withOthers(policies: readonly RankingPolicy[], results: readonly TrialResult[]): TrialResult {
  const [first, ...others] = results
  if (others.length === 0) return first!
  return { ...first!, alongside: Object.fromEntries(others.map((each, k) => [policies[k + 1]!.name, each])) }
}
