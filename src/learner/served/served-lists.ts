import type { ServedScore } from '../../records/model-version.ts'
import { hashText } from '../../state/hash.ts'
import { prefixed, type SavedArrays, withPrefix } from '../../state/saved-arrays.ts'
import { intColumn } from '../../state/slot-column.ts'
import { everyRow, type UserRows, userColumns } from '../../state/user-rows.ts'
import { hitAt, mrrAt, ndcgAt } from './place.ts'
import { type JudgedEvent, recentJudgements } from './recent-judgements.ts'
import { shownItems } from './shown-items.ts'
import { firstPlaces } from './steady-lists.ts'

/** A target event as it was held against the list that stood for its user. */
export interface Judgement {
  /** Place in the list, from 0; −1: it was not in it. */
  place: number
  arm: number
  /** The policy that served the list, by its number. */
  policy: number
}

/** How good the published lists were, by arm; users and items are slots, arms and policies numbers. */
export interface ServedLists {
  /** A list that was published; returns how many of its first places hold what its user's list before had not there, −1 if there was none. */
  list(user: number, from: { arm: number; policy: number; time: number }, items: readonly number[]): number
  /** A user goes for an item that lists are for, before it is learned; null where no list stood. */
  target(user: number, item: number, time: number): Judgement | null
  /** `mayList`: whether an item may be in lists now; of `items` of them. */
  scores(mayList: (item: number) => boolean, items: number): ServedScore[]
  /** The items of two slots change places. */
  exchangedItems(a: number, b: number): void
  resetItem(slot: number): void
  resetUser(slot: number): void
  save(users: number, items: number): SavedArrays
  restore(arrays: SavedArrays): void
}

export interface ServedListsOptions {
  arms: readonly string[]
  /** Places in a list. */
  length: number
  itemId: (slot: number) => string
  /** Users' rows may be on disk. */
  rows?: UserRows
}

/** What is added up by arm. */
const sums = ['events', 'hr5', 'hr10', 'hr20', 'ndcg10', 'mrr20', 'lists', 'recall10'] as const
type Sums = Record<(typeof sums)[number], number>

/**
 * Each target event is held against the newest list of its user, as `experiment served` does.
 *
 *     served.list(user, { arm: 0, policy: 4, time }, [kettle, lamp])
 *     served.target(user, lamp, time)   // { place: 1, arm: 0, policy: 4 }
 *     served.scores(() => true, 3)      // hr5 1, ndcg10 .63, coverage .67, …
 *
 * A list takes 4 bytes a place, by the 32-bit hashes of its items' ids, which pass on with no slot: one judgement in
 * hundreds of millions is of another item.
 */
export function servedLists({ arms, length, itemId, rows = everyRow }: ServedListsOptions): ServedLists {
  const columns = {
    items: intColumn(length),
    // Places that are taken; −1: no list yet.
    size: intColumn(1, -1),
    arm: intColumn(),
    policy: intColumn(),
    gone: intColumn(),
    found: intColumn(),
  }
  const set = userColumns(columns, rows)
  const totals = new Float64Array(sums.length * arms.length)
  const recent = arms.map(() => recentJudgements())
  const shown = shownItems(arms.length)
  const newest = Float64Array.of(Number.NEGATIVE_INFINITY)
  const hashOf = (item: number) => hashText(itemId(item)) | 0

  const movedIn = (user: number, items: readonly number[]): number => {
    const size = columns.size.data[user]!
    if (size < 0) return -1
    const from = user * length
    const before = columns.items.data.subarray(from, from + Math.min(firstPlaces, size))
    let moved = 0
    for (let k = 0; k < Math.min(firstPlaces, items.length); k++) if (!before.includes(hashOf(items[k]!))) moved += 1
    return moved
  }

  return {
    list(slot, { arm, policy, time }, items) {
      const user = rows.of(slot)
      const held = Math.min(length, items.length)
      const moved = movedIn(user, items)
      for (let k = 0; k < held; k++) {
        columns.items.data[user * length + k] = hashOf(items[k]!)
        shown.note(items[k]!, arm, time)
      }
      columns.size.data[user] = held
      columns.arm.data[user] = arm
      columns.policy.data[user] = policy
      columns.gone.data[user] = 0
      columns.found.data[user] = 0
      newest[0] = Math.max(newest[0]!, time)
      return moved
    },
    target(slot, item, time) {
      const user = rows.of(slot)
      const { items, size, gone, found } = columns
      newest[0] = Math.max(newest[0]!, time)
      if (size.data[user]! < 0) return null
      const place = items.data.subarray(user * length, user * length + size.data[user]!).indexOf(hashOf(item))
      const arm = columns.arm.data[user]!
      const before = gone.data[user]! === 0 ? 0 : found.data[user]! / gone.data[user]!
      gone.data[user]! += 1
      found.data[user]! += hitAt(place, 10)
      const recall = found.data[user]! / gone.data[user]! - before
      const judged = { place, first: gone.data[user] === 1, recall, time }
      addTo(totals, arm * sums.length, judged)
      recent[arm]!.add(judged)
      return { place, arm, policy: columns.policy.data[user]! }
    },
    scores(mayList, items) {
      const since = newest[0]! - day
      const coverage = shown.coverage(mayList, items, since)
      return arms.flatMap((name, arm) => {
        const lately = new Float64Array(sums.length)
        for (const judged of recent[arm]!.since(since)) addTo(lately, 0, judged)
        return [
          scoreOf(name, 'all', named(totals, arm * sums.length), coverage[arm]!.all),
          scoreOf(name, 'recent', named(lately, 0), coverage[arm]!.recent),
        ]
      })
    },
    exchangedItems: shown.exchanged,
    resetItem: shown.reset,
    resetUser: set.reset,
    save: (users, items) => ({
      ...prefixed('users', set.save(users)),
      ...Object.assign({}, ...recent.map((each, arm) => prefixed(`recent.${arm}`, each.save()))),
      ...prefixed('shown', shown.save(items)),
      totals: totals.slice(),
      newest: newest.slice(),
    }),
    restore(arrays) {
      set.restore(withPrefix('users', arrays))
      for (const [arm, each] of recent.entries()) each.restore(withPrefix(`recent.${arm}`, arrays))
      shown.restore(withPrefix('shown', arrays))
      totals.set(arrays['totals'] as Float64Array)
      newest.set(arrays['newest'] as Float64Array)
    },
  }
}

const day = 86_400_000

function scoreOf(arm: string, span: ServedScore['span'], is: Sums, coverage: number): ServedScore {
  const mean = (sum: number, of = is.events) => (of === 0 ? 0 : sum / of)
  return {
    ...{ arm, span, events: is.events, coverage, recall10: mean(is.recall10, is.lists) },
    ...{ hr5: mean(is.hr5), hr10: mean(is.hr10), hr20: mean(is.hr20), ndcg10: mean(is.ndcg10), mrr20: mean(is.mrr20) },
  }
}

/** Add a judgement to eight sums, in the order of `sums`. */
function addTo(target: Float64Array, at: number, { place, first, recall }: JudgedEvent): void {
  target[at]! += 1
  target[at + 1]! += hitAt(place, 5)
  target[at + 2]! += hitAt(place, 10)
  target[at + 3]! += hitAt(place, 20)
  target[at + 4]! += ndcgAt(place, 10)
  target[at + 5]! += mrrAt(place, 20)
  target[at + 6]! += first ? 1 : 0
  target[at + 7]! += recall
}

function named(values: Float64Array, at: number): Sums {
  return Object.fromEntries(sums.map((name, k) => [name, values[at + k]!])) as Sums
}
