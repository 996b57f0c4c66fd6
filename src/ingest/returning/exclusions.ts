import type { BehaviourEvent, PipelineDefinition } from '../../records/definition.ts'
import type { Excluded } from '../../records/warehouse.ts'
import { MergedUsers } from './merged-users.ts'

/** Bytes of one change at most about; a user may bring back more than a block holds. */
const portionBytes = 200_000

/** Event time until which an event keeps its item from its user's lists, ms; null where it does not. */
function excludedUntil(
  { behaviour, time }: { behaviour: string; time: number },
  meanings: PipelineDefinition['meanings'],
): number | null {
  const again = meanings[behaviour]?.again ?? 'always'
  if (again === 'always') return null
  return again === 'never' ? Number.POSITIVE_INFINITY : time + again
}

/** What each user may not be shown, by item, until when: what the warehouse knows of all that they are, and what came since. */
export class Exclusions {
  readonly #byUser = new Map<string, Map<string, number>>()
  readonly #merged: MergedUsers

  constructor(merged = new MergedUsers()) {
    this.#merged = merged
  }

  add({ userId, itemId, until }: Excluded): void {
    const user = this.#userOf(userId)
    let items = this.#byUser.get(user)
    if (items === undefined) {
      items = new Map()
      this.#byUser.set(user, items)
    }
    items.set(itemId, Math.max(until, items.get(itemId) ?? Number.NEGATIVE_INFINITY))
  }

  /** Add what an event keeps from its user's lists. */
  note(event: BehaviourEvent, meanings: PipelineDefinition['meanings']): void {
    const until = excludedUntil(event, meanings)
    if (until !== null) this.add({ userId: event.userId, itemId: event.itemId, until })
  }

  /** What holds for a user at a time, in portions that fit a block; items in the order of their ids. */
  portions(userId: string, time: number): { items: string[]; until: number[] }[] {
    const portions: { items: string[]; until: number[] }[] = []
    const holding = Array.from(this.#byUser.get(this.#userOf(userId)) ?? []).filter(([, until]) => until > time)
    let bytes = portionBytes
    for (const [item, until] of holding.sort(([a], [b]) => (a < b ? -1 : 1))) {
      if (bytes >= portionBytes) {
        portions.push({ items: [], until: [] })
        bytes = 0
      }
      portions.at(-1)!.items.push(item)
      portions.at(-1)!.until.push(until)
      bytes += Buffer.byteLength(item) + 10
    }
    return portions
  }

  /** One id for all that a user has. */
  #userOf(id: string): string {
    return this.#merged.ids(id)[0]!
  }
}
