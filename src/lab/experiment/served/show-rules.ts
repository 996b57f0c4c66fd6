import { typedAttributes } from '../../../records/attribute-value.ts'
import type { PipelineDefinition } from '../../../records/definition.ts'
import { availability } from '../../../rules/available.ts'
import type { Ratings } from '../ratings.ts'

/** What may be shown to whom, worked out anew from the source, with nothing of the learner's. */
export interface ShowRules {
  /** Items by id, those that never have an event behind those of the ratings. */
  readonly slots: ReadonlyMap<string, number>
  /** Take in what became of items up to a time; returns those that may be shown for the first time. */
  advance(time: number): readonly number[]
  /** Take in an event. */
  note(row: number): void
  mayShow(user: number, time: number): (item: number) => boolean
}

/** The meaning of behaviours and the state of the catalogue, by the book. */
export function showRules({ meanings, available }: PipelineDefinition, ratings: Ratings): ShowRules {
  const { catalogue, itemIds, userIds } = ratings
  const slots = new Map([...itemIds, ...catalogue.map(({ itemId }) => itemId)].map((id, slot) => [id, slot]))
  for (const [at, id] of [...slots.keys()].entries()) slots.set(id, at)
  const until = Array.from({ length: userIds.length }, () => new Map<number, number>())
  const isAvailable = availability(available)
  const absent = new Uint8Array(slots.size)
  const came = new Uint8Array(slots.size)
  let known = 0
  return {
    slots,
    advance(time) {
      const first: number[] = []
      for (; known < catalogue.length && catalogue[known]!.time <= time; known++) {
        const item = catalogue[known]!
        const present = !item.deleted && isAvailable(item, typedAttributes(JSON.stringify(item.attributes)))
        const slot = slots.get(item.itemId)!
        absent[slot] = present ? 0 : 1
        if (!present || came[slot] === 1) continue
        came[slot] = 1
        first.push(slot)
      }
      return first
    },
    note(row) {
      const { again } = meanings[ratings.event(row).behaviour]!
      if (again === 'always') return
      const [own, item] = [until[ratings.user[row]!]!, ratings.item[row]!]
      const end = again === 'never' ? Number.POSITIVE_INFINITY : ratings.time[row]! + again
      own.set(item, Math.max(end, own.get(item) ?? 0))
    },
    mayShow(user, time) {
      const own = until[user]!
      return item => absent[item] === 0 && (own.get(item) ?? Number.NEGATIVE_INFINITY) <= time
    },
  }
}
