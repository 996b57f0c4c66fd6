import type { ItemScores } from '../../ranking/scored-candidates.ts'
import { ownPolicy } from '../../records/policy-names.ts'
import type { ActorView } from '../actor-view.ts'
import type { LearnerParts } from '../learner-parts.ts'

/** What the champion expects of items for a user whom the view has observed. */
export type ChampionScores = (user: number, time: number) => ItemScores

export function championScores(parts: LearnerParts, view: ActorView): ChampionScores {
  const { served, baselines, earned, show, foresee } = parts
  const scoresOf: ChampionScores = (user, time) => {
    const { champion } = served
    if (champion === ownPolicy) return view.itemScores(user, time)
    const policy = baselines.findIndex(each => each.name === champion)
    // The critic belongs to the network: where that does not serve, it is not worth its time.
    return { expect: item => earned.baseline(policy, user, item, time, show.met(user, item)), value: () => 0 }
  }
  return (user, time) => {
    const { expect, value } = scoresOf(user, time)
    // Whoever asks: what an item without events is taken for must not hang on who was asked about it before.
    const foreseen = (item: number) => {
      foresee(item)
      return expect(item)
    }
    return { expect: foreseen, value }
  }
}
