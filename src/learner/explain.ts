import { gapFeature } from '../predictors/ensemble/gap-feature.ts'
import type { FeatureShare } from '../ranking/online-ranker.ts'
import type { ItemScores } from '../ranking/scored-candidates.ts'
import type { InterestBlock } from '../records/interest-block.ts'
import { ownPolicy } from '../records/policy-names.ts'
import type { Recommendation } from '../records/recommendation.ts'
import type { ActorView } from './actor-view.ts'
import type { NamedIndex } from './arms/live-arms.ts'
import type { ChampionScores } from './event/champion-scores.ts'
import type { LearnerEvent } from './event/read-event.ts'
import type { LearnerParts } from './learner-parts.ts'

/** Why items are what they are to a user, as a learner sees it now; rewards in [0, 1]. */
export interface Explanation {
  /** Events that were learned of the user. */
  events: number
  /** Whose expectations these are. */
  policy: string
  items: ItemExplanation[]
  /** The index by which the agent of the user's arm ranks, as it is used for the user; null where there is none. */
  index: ({ arm: string } & NamedIndex) | null
}

export interface ItemExplanation {
  itemId: string
  /** Events that were learned of the item. */
  events: number
  /** What the policy expects, and the standard deviation of the factorisation's part of it. */
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
  /** What rules do for it where it stands, a sentence each. */
  rules: string[]
  /** The user's item that this one followed most often; null if none. */
  followed: { itemId: string; times: number } | null
}

/**
 * Why a list that was just made is what it is: nothing has been learned since.
 *
 *     explainList(parts, champion, event, list).items[0]   // { itemId: '1234', place: 1, ... }
 */
export function explainList(
  parts: LearnerParts,
  champion: ChampionScores,
  { user, time }: Pick<LearnerEvent, 'user' | 'time'>,
  list: Recommendation,
): Explanation {
  const { arms, served, show } = parts
  const itemIds = list.items.map(({ itemId }) => itemId)
  const asked = { user, time, itemIds, policy: served.champion, itemScores: champion(user, time) }
  const explanation = explain(parts, asked)
  const arm = arms.arms.findIndex(({ name }) => name === list.arm)
  const ofAgent = arm >= 0 && arms.plans(arm)
  if (!ofAgent && (show.rules?.places ?? null) === null) return explanation
  if (!ofAgent) {
    // What rules leave at a place competes for it; only chance puts there what is not the best of that.
    const byChance = (k: number) => list.items[k]!.reason === 'exploring'
    const items = explanation.items.map((item, k) => (byChance(k) ? item : { ...item, place: k + 1 }))
    return { ...explanation, items }
  }
  // An agent ranks by what it plans, not by the ranker's scores.
  const items = explanation.items.map((item, k) => ({
    ...item,
    place: k + 1,
    candidates: parts.items.size,
    features: mostImportant(arms.why(user, arm, time, parts.items.find(item.itemId))),
  }))
  return { ...explanation, items, index: indexFor(parts, user, arm, time) }
}

function indexFor({ arms }: LearnerParts, user: number, arm: number, time: number): Explanation['index'] {
  const index = arms.userIndex(user, arm, time)
  if (index === null) return null
  return { arm: arms.arms[arm]!.name, ...index, tired: index.tired.slice(0, shown) }
}

/**
 * Explain items to a user who is known, as things stand now; those that are not known are left out.
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
  const { users, items } = parts
  const user = users.find(asked.userId)
  if (user < 0) return null
  parts.pages.look(user)
  const { time } = asked
  view.readWindow(asked.block, 0, asked.block.shortCount[0]!, user)
  view.observe(user, time, gapFeature(0))
  const itemIds = asked.itemIds.filter(id => items.find(id) >= 0)
  const explanation = explain(parts, {
    user,
    time,
    itemIds,
    policy: ownPolicy,
    itemScores: view.itemScores(user, time),
  })
  return { ...explanation, index: indexFor(parts, user, parts.arms.of(user), time) }
}

function explain(
  { ensemble, items, lists, show }: LearnerParts,
  asked: { user: number; time: number; itemIds: readonly string[]; policy: string; itemScores: ItemScores },
): Explanation {
  const { factorisation } = ensemble
  const { user, time, itemIds, policy, itemScores } = asked
  const slots = itemIds.map(id => items.find(id))
  const rankings = lists.explain(user, time, slots, itemScores)
  return {
    events: factorisation.userCount(user),
    policy,
    index: null,
    items: slots.map((item, k) => {
      const { place, candidates, features, after, times } = rankings[k]!
      const expected = itemScores.expect(item)
      const base = ensemble.predict(user, item, time)
      const alike = ensemble.alike(user, item)
      const taste = factorisation.taste(user, item)
      const [ofUser, ofItem] = [factorisation.userBias(user), factorisation.itemBias(item)]
      const everybody = factorisation.mean()
      return {
        itemId: itemIds[k]!,
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
          { part: policy, reward: expected - base },
        ],
        alike: alike.slice(0, shown).map(({ item: past, share, residual }) => {
          return { itemId: items.id(past), share, residual: residual / 4 }
        }),
        place,
        candidates,
        features: mostImportant(features),
        rules: show.rules?.why(item, k + 1) ?? [],
        followed: times > 0 ? { itemId: items.id(after), times } : null,
      }
    }),
  }
}

const mostImportant = (features: readonly FeatureShare[]): FeatureShare[] =>
  features.toSorted((a, b) => Math.abs(b.adds) - Math.abs(a.adds)).slice(0, shown)

/** Reasons of a kind beyond these explain nothing to anybody. */
const shown = 3
