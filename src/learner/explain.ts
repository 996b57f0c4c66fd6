import { gapFeature } from '../predictors/ensemble/gap-feature.ts'
import type { FeatureShare } from '../ranking/online-ranker.ts'
import type { InterestBlock } from '../records/interest-block.ts'
import { ownPolicy } from '../records/policy-names.ts'
import type { ActorView } from './actor-view.ts'
import type { LearnerParts } from './learner-parts.ts'

/** Why items are what they are to a user, as a learner sees it now; rewards in [0, 1]. */
export interface Explanation {
  /** Events that were learned of the user. */
  events: number
  items: ItemExplanation[]
}

export interface ItemExplanation {
  itemId: string
  /** Events that were learned of the item. */
  events: number
  /** What ddpg-la-residual expects, and the standard deviation of the factorisation's part of it. */
  expected: number
  deviation: number
  /** What that is made of; the sum is `expected`, but for the clip to [0, 1]. */
  parts: { part: string; reward: number }[]
  /** Past items of the user whose raters agree on this one: their share in the neighbours' say, and how far off they were. */
  alike: { itemId: string; share: number; residual: number }[]
  /** Place among the candidates, and what each score adds to that, most important first. */
  place: number
  candidates: number
  features: FeatureShare[]
  /** The user's item that this one followed most often; null if none. */
  followed: { itemId: string; times: number } | null
}

/**
 * Explain items to a user who is known; those that are not known are left out.
 *
 *     explainItems(parts, view, { block, userId: 'ada', time, itemIds: ['1234'] })
 *
 * `block` holds one sequence of the user, whose short window is the user's last records. Nothing is learned or changed.
 */
export function explainItems(
  parts: LearnerParts,
  view: ActorView,
  asked: { block: InterestBlock; userId: string; time: number; itemIds: readonly string[] },
): Explanation | null {
  const { users, items, ensemble, lists } = parts
  const { factorisation } = ensemble
  const user = users.find(asked.userId)
  if (user < 0) return null
  const { time } = asked
  view.readWindow(asked.block, 0, asked.block.shortCount[0]!, user)
  view.observe(user, gapFeature(0))
  const itemScores = view.itemScores(user, time)
  const known = asked.itemIds.filter(id => items.find(id) >= 0)
  const slots = known.map(id => items.find(id))
  const rankings = lists.explain(user, time, slots, itemScores)
  return {
    events: factorisation.userCount(user),
    items: slots.map((item, k) => {
      const { place, candidates, features, after, times } = rankings[k]!
      const expected = itemScores.expect(item)
      const base = ensemble.predict(user, item, time)
      const alike = ensemble.alike(user, item)
      const taste = factorisation.taste(user, item)
      const [ofUser, ofItem] = [factorisation.userBias(user), factorisation.itemBias(item)]
      const everybody = factorisation.mean()
      return {
        itemId: known[k]!,
        events: factorisation.itemCount(item),
        expected,
        deviation: Math.sqrt(factorisation.variance(user, item)) / 4,
        parts: [
          { part: 'everybody, everything', reward: everybody },
          { part: 'this user', reward: ofUser },
          { part: 'this item', reward: ofItem },
          { part: 'taste: the user’s factors times the item’s', reward: taste },
          {
            part: 'items alike, recent residuals and the other learners',
            reward: base - everybody - ofUser - ofItem - taste,
          },
          { part: ownPolicy, reward: expected - base },
        ],
        alike: alike.slice(0, shown).map(({ item: past, share, residual }) => {
          return { itemId: items.id(past), share, residual: residual / 4 }
        }),
        place,
        candidates,
        features: features.toSorted((a, b) => Math.abs(b.adds) - Math.abs(a.adds)).slice(0, shown),
        followed: times > 0 ? { itemId: items.id(after), times } : null,
      }
    }),
  }
}

/** Reasons of a kind beyond these explain nothing to anybody. */
const shown = 3
