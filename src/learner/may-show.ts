import { exclusions } from '../ranking/exclusions.ts'
import type { Attributes } from '../records/attribute-value.ts'
import type { BehaviourMeaning } from '../records/behaviours.ts'
import type { ListOf, RuleSet, RulesOfList } from '../rules/rule-set.ts'
import { Hash64 } from '../state/hash.ts'
import { prefixed, type SavedArrays, withPrefix } from '../state/saved-arrays.ts'
import { columnSet, intColumn } from '../state/slot-column.ts'
import type { UserRows } from '../state/user-rows.ts'

/** What a list may hold; the one place that decides it, for every arm. Users and items are slots. */
export interface MayShow {
  /** Which items a list that is made for a user at an event time (ms) may hold. */
  to(user: number, time: number, how?: Showing): (item: number) => boolean
  /** Whether rules that are about items alone let everybody see an item. */
  showsAll(item: number): boolean
  /** What rules say of the list that `to` was asked about last; null without rules. */
  readonly rules: RulesOfList | null
  /** Which rules keep how many of so many items out of the list that `to` was asked about last, in words; '' where none does. */
  whyShort(items: number): string
  /** What people should be told of rules, each sentence once. */
  notices(): string[]
  /** What a user did may keep its item from being shown again. */
  note(event: { user: number; item: number; behaviour: string; time: number }): void
  /** Whether the user has had to do with an item before, as far as is remembered. */
  met(user: number, item: number): boolean
  /** What earlier versions told of a user: items by their ids, each not to be shown until an event time (Infinity: any more). */
  put(user: number, items: readonly string[], until: readonly number[]): void
  /** Whether the user may be shown an item again right after this behaviour. */
  comesBack(behaviour: string): boolean
  /** What may not be shown to one user may not be shown to another one, too: they are the same person. */
  merge(from: number, into: number): void
  resetUser(user: number): void
  /** The slot passes to the item of this id. */
  resetItem(item: number, id: string): void
  /** Something else is known of an item. */
  changed(item: number): void
  save(users: number, items: number): SavedArrays
  restore(arrays: SavedArrays): void
}

/** How one list is another than the user's own. */
export interface Showing {
  /** The list of another arm is asked for. */
  arm?: number | undefined
  /** What surrounds the request, beside the arm. */
  context?: Attributes
  /** What the user did keeps nothing out. */
  seen?: boolean
}

/**
 * What behaviours mean, kept of every user, and what may be shown to nobody.
 *
 *     const show = mayShow({ meanings: { buy: { again: 'never', target: true, against: false } }, isAvailable: () => true })
 *     show.note({ user, item, behaviour: 'buy', time })
 *     show.to(user, time)(item)   // false
 *
 * Items are kept by their ids, so that one that was forgotten is known again when it returns.
 */
export function mayShow({
  meanings,
  isAvailable,
  rules = null,
  about = () => ({ user: { id: '', attributes: {}, events: 0 }, context: {} }),
  rows,
}: {
  meanings: Readonly<Record<string, BehaviourMeaning>>
  /** Whether an item may be in a list at all. */
  isAvailable: (item: number) => boolean
  rules?: RuleSet | null
  /** What rules may know of a user. */
  about?: (user: number, how: Showing) => Omit<ListOf, 'time'>
  /** Users' rows may be on disk. */
  rows?: UserRows
}): MayShow {
  const excluded = exclusions(rows)
  const hash = new Hash64()
  const high = intColumn()
  const low = intColumn()
  const hashes = columnSet({ high, low })
  const asked = { high: 0, low: 0 }
  const hashOf = (item: number) => {
    asked.high = high.data[item]!
    asked.low = low.data[item]!
    return asked
  }
  // A log may hold behaviours that the definition knows no longer.
  const againOf = (behaviour: string) => meanings[behaviour]?.again ?? 'never'
  let ofList: RulesOfList | null = null
  let others = (_item: number): boolean => true
  return {
    to(user, time, how = {}) {
      const may = how.seen
        ? isAvailable
        : (item: number) => isAvailable(item) && !excluded.holds(user, hashOf(item), time)
      if (rules === null) return may
      const now = rules.forList({ ...about(user, how), time })
      ofList = now
      others = may
      return item => may(item) && now.shows(item)
    },
    get rules() {
      return ofList
    },
    showsAll: item => rules?.shows(item) ?? true,
    notices: () => rules?.notices() ?? [],
    whyShort: items => ofList?.whyShort(items, others) ?? '',
    note({ user, item, behaviour, time }) {
      const again = againOf(behaviour)
      excluded.note(user, hashOf(item), again === 'always' ? never : again === 'never' ? forever : time + again)
    },
    met: (user, item) => excluded.has(user, hashOf(item)),
    put(user, items, until) {
      for (const [k, id] of items.entries()) excluded.note(user, hash.begin().text(id), until[k]!)
    },
    comesBack: behaviour => againOf(behaviour) === 'always',
    merge: excluded.merge,
    resetUser: excluded.reset,
    resetItem(item, id) {
      hashes.reset(item)
      hash.begin().text(id)
      high.data[item] = hash.high
      low.data[item] = hash.low
      rules?.changed(item)
    },
    changed(item) {
      rules?.changed(item)
    },
    save: (users, items) => ({
      ...prefixed('excluded', excluded.save(users)),
      ...prefixed('hashes', hashes.save(items)),
    }),
    restore(arrays) {
      excluded.restore(withPrefix('excluded', arrays))
      hashes.restore(withPrefix('hashes', arrays))
      for (let item = 0; item < high.data.length; item++) rules?.changed(item)
    },
  }
}

const never = Number.NEGATIVE_INFINITY
const forever = Number.POSITIVE_INFINITY
