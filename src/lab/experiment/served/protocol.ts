import type { PipelineDefinition } from '../../../records/definition.ts'
import type { TrialContext } from '../experiment.ts'
import { type EventJudgement, eventJudge } from './event-judge.ts'
import { type ListJudge, listJudge } from './judge.ts'
import { type ShowRules, showRules } from './show-rules.ts'

/** The experiment's items, those among them that never have an event, and what holds of all its policies. */
export interface Protocol {
  judge: ListJudge
  rules: ShowRules
  /** How many items there are to recommend. */
  items: number
  /** Whether a list is due at an event, by the pipeline's `recommend.everyMs`. */
  due(row: number): boolean
  /** A list was made at an event; an empty one is none, and the user's next event makes another due. */
  made(row: number, items: ArrayLike<number>): void
  /** Hold an event against what stands for its user, before anything is learned from it. */
  event(row: number): EventJudgement
}

/**
 * What every policy of `served` goes through: each event of a source in order of time is held against the list that stands
 * for its user, then learned from, and then a list is made where one is due.
 */
export function protocol({ definition, ratings }: Pick<TrialContext, 'definition' | 'ratings'>): Protocol {
  const rules = showRules(definition, ratings)
  const items = rules.slots.size
  const judge = listJudge(ratings.userIds.length, items)
  const judgementOf = eventJudge(definition, ratings)
  const lastList = new Float64Array(ratings.userIds.length).fill(Number.NEGATIVE_INFINITY)
  return {
    ...{ judge, rules, items },
    due: row => ratings.time[row]! - lastList[ratings.user[row]!]! >= definition.recommend.everyMs,
    made(row, list) {
      const [user, time] = [ratings.user[row]!, ratings.time[row]!]
      if (list.length === 0) {
        judge.none(user)
        return
      }
      lastList[user] = time
      const may = rules.mayShow(user, time)
      judge.list(user, list, !Array.prototype.every.call(list, may))
    },
    event(row) {
      judge.came(rules.advance(ratings.time[row]!))
      const judgement = judgementOf(row)
      judge.event(ratings.user[row]!, ratings.item[row]!, judgement.target)
      rules.note(row)
      return judgement
    },
  }
}

/** A definition whose lists are long enough to be judged at twenty. */
export function withLongLists(definition: PipelineDefinition): PipelineDefinition {
  return { ...definition, recommend: { ...definition.recommend, length: listLength } }
}

export const listLength = 20
