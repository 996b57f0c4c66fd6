import type { PipelineDefinition } from '../../../records/definition.ts'
import type { Ratings } from '../ratings.ts'
import { meaningOf } from './target-events.ts'

/** What may be shown to whom, worked out anew from the events, with nothing of the learner's. */
export interface ShowRules {
  /** Take in what became of items up to a time. */
  advance(time: number): void
  /** Take in an event. */
  note(row: number): void
  mayShow(user: number, time: number): (item: number) => boolean
}

/** The meaning of behaviours and the state of the catalogue, by the book. */
export function showRules(definition: PipelineDefinition, ratings: Ratings): ShowRules {
  const until = Array.from({ length: ratings.userIds.length }, () => new Map<number, number>())
  return {
    advance() {},
    note(row) {
      const { again } = meaningOf(definition, ratings.event(row).behaviour)
      if (again === 'always') return
      const [own, item] = [until[ratings.user[row]!]!, ratings.item[row]!]
      const end = again === 'never' ? Number.POSITIVE_INFINITY : ratings.time[row]! + again
      own.set(item, Math.max(end, own.get(item) ?? 0))
    },
    mayShow(user, time) {
      const own = until[user]!
      return item => (own.get(item) ?? Number.NEGATIVE_INFINITY) <= time
    },
  }
}
