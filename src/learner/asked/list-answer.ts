import { gapFeature } from '../../predictors/ensemble/gap-feature.ts'
import type { Answer, ListQuestion, SessionQuestion, Standing } from '../../records/question.ts'
import { askedListId, type Recommendation } from '../../records/recommendation.ts'
import type { ItemFilter, itemFilters } from '../../rules/filter.ts'
import { Hash64 } from '../../state/hash.ts'
import { type Random, seededRandom } from '../../state/random.ts'
import { plannedItems } from '../arms/planned-items.ts'
import { withAlternatives } from '../arms/with-alternatives.ts'
import { soundItems } from '../event/sound-items.ts'
import { explainList } from '../explain.ts'
import type { Asked, Moment } from './asked.ts'
import type { Audience } from './audience.ts'

/** Places of a list that is asked for, at most. */
export const mostPlaces = 100

/**
 * Lists for those who ask: with the arm, the exploration and the propensities of a list that an event gives rise to, and with
 * the same id whenever the same is asked at the same place in the log, which is where their chance comes from.
 */
export function listAnswer(
  asked: Asked,
  people: Audience,
  filters: ReturnType<typeof itemFilters>,
): (question: ListQuestion | SessionQuestion, last: Moment, standing: Standing) => Answer {
  const { definition, learnerId, parts, view, champion } = asked
  const { arms, items, lists, served, show, users } = parts

  /** What was asked beside the row, as a hash; two askers of one thing have one list, until something more is known. */
  const hashOf = (question: ListQuestion | SessionQuestion, time: number, change: number): string => {
    const { now: _now, after: _after, unless: _unless, explain: _explain, trace: _trace, ...what } = question
    const { high, low } = hash.begin().text(JSON.stringify(what)).number(time).number(change)
    return [high, low].map(half => (half >>> 0).toString(16).padStart(8, '0')).join('')
  }

  return (question, last, standing) => {
    const { userId, filter: wanted, exclude, includeSeen } = question
    const time = timeOf(question.now, last.time)
    const what = hashOf(question, time, last.change)
    const recommendationId = askedListId(learnerId, last.row, what)
    if (question.unless === recommendationId) return { kind: 'same', recommendationId, standing }
    const session = question.kind === 'session' ? question.events : []
    const length = Math.min(question.count ?? definition.recommend.length, mostPlaces)
    const context = { ...question.context, ...(question.surface === null ? {} : { surface: question.surface }) }
    const chance = seededRandom(definition.learn.seed, what)
    return people.as(userId, session, user => {
      const arm = user < users.size ? arms.of(user) : arms.ofId(userId)
      const filter = wanted === null ? null : filters(wanted, { ...parts.about(user, { context }), time })
      if (typeof filter === 'string') return { kind: 'refused', message: `The filter ${filter}.`, standing }
      const left = new Set(exclude.map(items.find))
      const asksMore = left.size > 0 || filter !== null
      const fits = asksMore ? (item: number) => !left.has(item) && (filter === null || filter.fits(item)) : undefined
      view.observe(user, time, gapFeature(0))
      const scores = champion(user, time)
      const showing = { context, seen: includeSeen }
      const choosing = { length, chance, showing, fits }
      const drawn = arms.plans(arm)
        ? plannedItems(arms.listAsked(user, arm, time, choosing), {
            policy: arms.arms[arm]!.policy,
            itemId: items.id,
            expect: scores.expect,
          })
        : listOf(user, time, scores, choosing)
      const sound = soundItems(drawn)
      const short = shortText(sound.length, length, { filter, exclude: left.size })
      const list: Recommendation = {
        recommendationId,
        ...{ userId, time, sequence: last.row, partition: last.partition, offset: last.offset },
        modelVersion: standing.modelVersion,
        policy: arms.plans(arm) ? arms.arms[arm]!.policy : served.champion,
        arm: arms.arms[arm]!.name,
        items: withAlternatives(sound, arms, { user, arm, time, items, how: choosing }),
        short,
      }
      const explanations = question.explain ? explainList(parts, champion, { user, time }, list).items : null
      return { kind: 'list', list, explanations, standing }
    })
  }

  function listOf(
    user: number,
    time: number,
    scores: ReturnType<Asked['champion']>,
    {
      length,
      chance,
      showing,
      fits,
    }: { length: number; chance: Random; showing: object; fits: ((item: number) => boolean) | undefined },
  ): Recommendation['items'] {
    const may = show.to(user, time, showing)
    const allowed = fits === undefined ? may : (item: number) => fits(item) && may(item)
    return lists.asked.list(user, time, scores, { length, random: chance, allowed })
  }

  function shortText(
    length: number,
    wanted: number,
    by: { filter: ItemFilter | null; exclude: number },
  ): string | null {
    if (length >= wanted) return null
    const { candidates } = definition.recommend
    if (length >= candidates) return `a list has at most ${candidates} items here: recommend.candidates`
    if (by.filter?.exceeded) return `the filter was tried on as many items as may be, and ${length} fit`
    const rules = show.whyShort(items.size)
    const as = by.filter !== null || by.exclude > 0 ? ' and are as asked for' : ''
    return `only ${length} of ${items.size} items may be shown${as}${rules === '' ? '' : `: ${rules}`}`
  }
}

const hash = new Hash64()
const [minute, day] = [60_000, 86_400_000]

/**
 * As of when a list is: the newest event's time, and where events are as new as the clock says, the minute that it is; so a
 * log that is replayed has lists of its own time.
 */
export function timeOf(now: number, eventTime: number): number {
  return Math.abs(now - eventTime) < day ? Math.max(eventTime, now - (now % minute)) : eventTime
}
