import { setImmediate } from 'node:timers/promises'
import type { Experiment, Trial, TrialContext, TrialResult } from './experiment.ts'
import { withOthers } from './next-item.ts'
import { fittedRanker } from './ranking/fitted-ranker.ts'
import { type HeldOut, holdOut } from './ranking/held-out.ts'
import { rankingPolicies } from './ranking/policies.ts'
import { rankOf, unranked } from './ranking/rank.ts'
import type { RankingPolicy } from './ranking/ranking-policy.ts'
import { rankScoring } from './ranking/score-ranks.ts'

type Context = Pick<TrialContext, 'ratings' | 'progress' | 'signal' | 'clock'>

/**
 * Each user's last event is held out, everything else is learned, and the item held out is ranked among all items that the
 * user has not had; ties count half.
 *
 *     npx recstream experiment leave-one-out --source ml-100k
 *
 * The usual protocol: users are learned whole, so that others' later events help. The ranker's weights are fitted on each
 * user's second and third event from the end, held out the same way.
 */
export const leaveOneOut: Experiment = {
  name: 'leave-one-out',
  summary: 'hold out each user’s last event and rank its item among all that the user has not had',
  pipeline: 'movielens',
  trials: () => [
    ...rankingPolicies
      .filter(({ online }) => !online)
      .map(
        ({ name, make, alongside = [] }): Trial => ({
          name,
          policy: name,
          alongside,
          seed: null,
          run: context => rankHeldOut(make(context.ratings), context),
        }),
      ),
    ...[
      { name: 'online ranker', networks: 0 },
      { name: 'online ranker with sequences', networks: 1 },
    ].map(
      ({ name, networks }): Trial => ({
        name,
        policy: name,
        seed: null,
        run: context => fitThenRank(context, { networks }),
      }),
    ),
  ],
}

/** The online ranker's scores with weights fitted on earlier events held out, ranking those held out at `drop`. */
export async function fitThenRank(
  context: Context,
  { drop = 1, fittedOn = [3, 2], networks = 0 } = {},
): Promise<TrialResult> {
  const { onePass, passes, policy } = fittedRanker(context.ratings, { fittedOn, networks })
  for (let pass = 0; pass < passes; pass++) {
    await pause(context, pass / (passes + 1), 'fit')
    onePass()
  }
  return rankHeldOut([policy], context, drop)
}

/** Scores policies that have not learned anything yet on the events held out at `drop`; 1 is each user's last. */
export async function rankHeldOut(
  policies: readonly RankingPolicy[],
  context: Context,
  drop = 1,
): Promise<TrialResult> {
  const { ratings, clock } = context
  const start = clock()
  const heldOut: HeldOut = holdOut(ratings, drop, policies)
  const candidates = new Int32Array(ratings.itemIds.length)
  const scores = new Float64Array(ratings.itemIds.length)
  const scorings = policies.map(() => rankScoring(ratings.userIds.length))
  for (let user = 0; user < ratings.userIds.length; user++) {
    if (user % 64 === 0) await pause(context, user / ratings.userIds.length, 'rank')
    if (heldOut.target[user]! < 0) continue
    const { count, target } = heldOut.candidates(user, candidates)
    for (const [p, policy] of policies.entries()) {
      if (target >= 0) policy.score(user, candidates, count, scores)
      scorings[p]!.add(user, target >= 0 ? rankOf(scores, count, target) : unranked)
    }
  }
  const seconds = (clock() - start) / 1000
  return withOthers(
    policies,
    scorings.map(scoring => scoring.result(seconds)),
  )
}

async function pause({ progress, signal }: Context, share: number, words: string): Promise<void> {
  progress(share, words)
  await setImmediate()
  signal.throwIfAborted()
}
