import { gapFeature } from '../../predictors/ensemble/gap-feature.ts'
import type { Answer, RankedItem, RankQuestion, Standing } from '../../records/question.ts'
import type { Asked } from './asked.ts'
import type { Audience } from './audience.ts'
import { timeOf } from './list-answer.ts'

/** Ranks the asker's own candidates as the champion's lists would, whether or not they may be shown, which it says. */
export function rankAnswer(
  { parts, view, champion }: Asked,
  people: Audience,
): (question: RankQuestion, standing: Standing) => Answer {
  const { items, lists, show } = parts
  return ({ userId, itemIds, context, now }, standing) => {
    const time = timeOf(now, standing.eventTime)
    const known = [...new Set(itemIds)].map(items.find).filter(item => item >= 0)
    return people.as(userId, [], user => {
      view.observe(user, time, gapFeature(0))
      const ranked = lists.asked.rank(user, time, known, champion(user, time))
      const allowed = show.to(user, time, { context })
      const typical = ranked.reduce((sum, { score }) => sum + score, 0) / Math.max(1, ranked.length)
      const all: RankedItem[] = ranked.map(({ item, score }) => ({
        itemId: items.id(item),
        score: Math.min(1, Math.max(0, score)),
        allowed: allowed(item),
        reason: score > typical ? 'close to the taste, of these' : 'less close, of these',
      }))
      const strangers = [...new Set(itemIds)].filter(id => items.find(id) < 0)
      for (const itemId of strangers)
        all.push({ itemId, score: null, allowed: false, reason: 'nothing is known of it' })
      return { kind: 'ranked', items: all, explanations: null, standing }
    })
  }
}
