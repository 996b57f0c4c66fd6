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
  /** Items that fit it, by rising slot, at most `most` of those that `allowed` lets through. */
  fitting(pin: number, allowed: (item: number) => boolean, most: number): number[]
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
  const known = byteColumn()
  const hidden = byteColumn()
  const lifts = doubleColumn()
  const columns = columnSet({ known, hidden, lifts })
  const members = pins.map(() => new Set<number>())
  const sorted: (number[] | null)[] = pins.map(() => null)
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
    if (known.data[item] === 1) return
    known.data[item] = 1
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
      members[pin]!.add(item)
      sorted[pin] = null
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
      known.data[item] = 0
      scopes[item] = undefined
      stale.push(item)
      for (const [pin, items] of members.entries()) if (items.delete(item)) sorted[pin] = null
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
      return members[pin]!.has(item)
    },
    fitting(pin, allowed, most) {
      settleAll()
      const all = (sorted[pin] ??= [...members[pin]!].sort((a, b) => a - b))
      const found: number[] = []
      for (const item of all) {
        if (found.length === most) break
        if (allowed(item)) found.push(item)
      }
      return found
    },
    scope: scopeOf,
  }
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
