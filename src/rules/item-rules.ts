import type { Attributes } from '../records/attribute-value.ts'
import { Hash64 } from '../state/hash.ts'
import { byteColumn, columnSet, doubleColumn } from '../state/slot-column.ts'
import type { CompiledRules } from './compiled-rules.ts'
import type { Expression } from './expression.ts'
import type { Faults } from './faults.ts'
import type { Scope } from './language.ts'

/** What rules may know of an item. */
export interface ItemFacts {
  id: string
  title: string | null
  tags: readonly string[]
  attributes: Attributes
}

/** What rules that are about the item alone say of each, worked out once per change of the item; items are slots. */
export interface ItemRules {
  /** An item is another one, or something else is known of it. */
  changed(item: number): void
  /** Number of the first `show` rule that hides an item, from 1; 0: none does. */
  hiddenBy(item: number): number
  /** Logarithm of the factor of all boosts. */
  lift(item: number): number
  /** Keys of an item by a rule's `by`; none where it has no value. */
  keys(by: Expression): (item: number) => readonly number[]
  /** Whether an item fits pin number `pin`. */
  fits(pin: number, item: number): boolean
  /**
   * Items that fit it and that `allowed` lets through, at most `most`, of as many keys of caps as there are; `turn`, any
   * whole number, says where among all of them it begins to look, so that each has its turn.
   */
  fitting(pin: number, allowed: (item: number) => boolean, most: number, turn: number): number[]
  /** An item as expressions see it; the same object until it changes. */
  scope(item: number): NonNullable<Scope['item']>
}

export function itemRules(
  { shows, boosts, pins, caps, spreads }: CompiledRules,
  factsOf: (item: number) => ItemFacts,
  faults: Faults,
): ItemRules {
  const ofItem = {
    shows: shows.map((rule, at) => ({ ...rule, number: at + 1 })).filter(rule => rule.ofItem),
    boosts: boosts.filter(rule => rule.ofItem),
  }
  /** What only these ask for again and again. */
  const kept = [...shows, ...boosts, ...pins].some(rule => !rule.ofItem)
  const texts = new Map([...caps, ...spreads].map(({ name, by }) => [by.text, { name, by }]))
  const keyed = [...texts.values()].map(({ name, by }) => ({ name, by, of: [] as (readonly number[] | undefined)[] }))
  const capped = keyed.filter(({ by }) => caps.some(cap => cap.by.text === by.text))
  /** Number of the rule that hides an item, 0 for none, or `unknown`. */
  const hidden = byteColumn(1, unknown)
  const lifts = doubleColumn()
  const pinned = pins.map(() => byteColumn())
  const columns = columnSet({ hidden, lifts, ...Object.fromEntries(pinned.entries()) })
  /** Items that fit each pin, by rising slot. */
  const members: number[][] = pins.map(() => [])
  const scopes: (NonNullable<Scope['item']> | undefined)[] = []
  /** Items of which nothing was worked out since they changed. */
  let stale: number[] = []
  let slots = 0

  const scopeOf = (item: number): NonNullable<Scope['item']> => {
    const seen = scopes[item]
    if (seen !== undefined) return seen
    const { id, title, tags, attributes } = factsOf(item)
    const scope = { ...attributes, attributes, id, tags, ...(title === null ? {} : { title }) }
    scopes[item] = scope
    return scope
  }

  const settle = (item: number): void => {
    if (hidden.data[item] !== unknown) return
    const scope = { item: scopeOf(item) }
    const holds = ({ name, expression }: { name: string; expression: Expression }) =>
      expression.evaluate(scope, why => faults.note(name, scope.item, why)) === true
    hidden.data[item] = ofItem.shows.find(rule => !holds(rule))?.number ?? 0
    lifts.data[item] = ofItem.boosts.reduce((sum, rule) => sum + (holds(rule) ? rule.lift : 0), 0)
    for (const { name, by, of } of keyed) {
      of[item] = keysOf(by.evaluate(scope, why => faults.note(name, scope.item, why)))
    }
    for (const [pin, rule] of pins.entries()) {
      if (!rule.ofItem || !holds(rule)) continue
      members[pin]!.splice(placeOf(members[pin]!, item), 0, item)
      pinned[pin]!.data[item] = 1
    }
    if (!kept) scopes[item] = undefined
  }
  const settleAll = (): void => {
    for (const item of stale) settle(item)
    stale = []
  }

  return {
    changed(item) {
      for (; slots <= item; slots++) columns.reset(slots)
      hidden.data[item] = unknown
      scopes[item] = undefined
      stale.push(item)
      for (const [pin, items] of members.entries()) {
        if (pinned[pin]!.data[item] === 0) continue
        pinned[pin]!.data[item] = 0
        items.splice(placeOf(items, item), 1)
      }
      // What is never asked for must not gather.
      if (stale.length > 2 * slots + 64) stale = [...new Set(stale)]
    },
    hiddenBy(item) {
      settle(item)
      return hidden.data[item]!
    },
    lift(item) {
      settle(item)
      return lifts.data[item]!
    },
    keys(by) {
      const { of } = keyed.find(each => each.by.text === by.text)!
      return item => {
        settle(item)
        return of[item]!
      }
    },
    fits(pin, item) {
      settle(item)
      return pinned[pin]!.data[item] === 1
    },
    fitting(pin, allowed, most, turn) {
      settleAll()
      const all = members[pin]!
      const [first, others]: [number[], number[]] = [[], []]
      const known = new Set<string>()
      const looks = Math.min(all.length, looksPerItem * most)
      for (let k = 0; k < looks && first.length < most; k++) {
        const item = all[(turn + k) % all.length]!
        if (!allowed(item)) continue
        const keys = capped.map(({ of }) => of[item]).join('|')
        if (known.has(keys)) others.push(item)
        else first.push(item)
        known.add(keys)
      }
      return [...first, ...others].slice(0, most)
    },
    scope: scopeOf,
  }
}

/** Above the number of any rule. */
const unknown = 255

/** Where many items fit a pin and few of them may be shown, not all are looked at for each list. */
const looksPerItem = 50

/** Where an item stands in a list of rising slots, or would. */
function placeOf(items: readonly number[], item: number): number {
  let [from, to] = [0, items.length]
  while (from < to) {
    const middle = (from + to) >> 1
    if (items[middle]! < item) from = middle + 1
    else to = middle
  }
  return from
}

const hash = new Hash64()
const none: readonly number[] = Object.freeze([])

/** A value as keys that can be compared: 53 bits of a hash for each, of a list's elements each its own. */
function keysOf(value: unknown): readonly number[] {
  if (Array.isArray(value)) return value.length === 0 ? none : [...new Set(value.flatMap(keysOf))]
  if (value === null || value === undefined || (typeof value === 'object' && !(value instanceof Date))) return none
  const { high, low } = hash.begin().text(`${typeof value} ${String(value)}`)
  const key = (high >>> 0) * 2 ** 21 + (low >>> 11)
  return [key]
}
