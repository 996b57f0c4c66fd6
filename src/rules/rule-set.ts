import type { Attributes } from '../records/attribute-value.ts'
import type { Rule } from '../records/rules.ts'
import { count } from '../records/words.ts'
import { scramble } from '../state/hash.ts'
import { doubleColumn } from '../state/slot-column.ts'
import { type Condition, compileRules } from './compiled-rules.ts'
import type { Expression } from './expression.ts'
import { faults as ruleFaults } from './faults.ts'
import { type ItemFacts, itemRules } from './item-rules.ts'
import { type KeptVerdicts, keptVerdicts } from './kept-verdicts.ts'
import type { Scope } from './language.ts'
import { type ListRules, placeRules } from './place-rules.ts'

/** The rules of a pipeline at work; items are slots. */
export interface RuleSet {
  /** An item is another one, or something else is known of it. */
  changed(item: number): void
  /** Whether rules that are about items alone let everybody see this one. */
  shows(item: number): boolean
  /** What rules say of a list that is made now; good until the next call. */
  forList(whose: ListOf): RulesOfList
  /** What people should be told of rules, each sentence once. */
  notices(): string[]
}

/** For whom a list is, and when. */
export interface ListOf {
  user: { id: string; attributes: Attributes /** Events that are known of the user. */; events: number }
  /** Event time, ms. */
  time: number
  /** What surrounds the event, the arm among it. */
  context: Attributes
}

/** What rules say of one list. */
export interface RulesOfList {
  /** Whether an item may be in the list, as far as rules say. */
  shows(item: number): boolean
  /** What rules say of its places; null where none says anything. */
  readonly places: ListRules | null
  /** What rules do for an item at a place of the list, from 1, in words: boosts, and a pin that it fits. */
  why(item: number, place: number): string[]
  /** Items that pins ask for and that may be in the list, `most` in all and a list's length for each pin. */
  pinned(allowed: (item: number) => boolean, most: number): number[]
  /** Which rules keep items out of the list, when it is drawn, that `others` let in, in words; '' where none does. */
  whyShort(items: number, others: (item: number) => boolean): string
}

/**
 * Rules as they hold for lists of at most `length` items; null without rules.
 *
 *     const rules = ruleSet({ rules: definition.rules, length: 10, factsOf })
 *     const now = rules.forList({ user: { id: 'ann', attributes: { budget: 20 }, events: 3 }, time, context: { arm: 'all' } })
 *     now.shows(item)
 *
 * What is about the item alone is worked out once per change of the item; what is about item and user once for all who are alike in
 * what it asks of them; the rest for the candidates of each list, once.
 */
export function ruleSet({
  rules,
  length,
  factsOf,
}: {
  rules: readonly Rule[]
  length: number
  factsOf: (item: number) => ItemFacts
}): RuleSet | null {
  if (rules.length === 0) return null
  const compiled = compileRules(rules)
  const { shows, boosts, pins, caps, spreads } = compiled
  const faults = ruleFaults()
  const items = itemRules(compiled, factsOf, faults)
  const asked = { shows: moving(shows), boosts: moving(boosts), pins: moving(pins) }
  const pinsOfItems = pins.flatMap(({ ofItem, place }, pin) => (ofItem && place <= length ? [pin] : []))
  const scope: Scope = {}
  let lists = 0
  /** What the rules about more than the item said of each item last: the list's number times 128, and the hiding rule's. */
  const verdicts = doubleColumn()

  const kept = new Map<Expression, KeptVerdicts>()
  for (const { expression } of [...asked.shows, ...asked.boosts, ...asked.pins]) {
    const verdicts = keptVerdicts(expression)
    if (verdicts !== null) kept.set(expression, verdicts)
  }

  const holds = (item: number, { name, expression }: Condition): boolean => {
    const verdicts = kept.get(expression)
    const known = verdicts?.of(item)
    if (known !== undefined) return known
    scope.item = items.scope(item)
    const value = expression.evaluate(scope, why => faults.note(name, scope.item, why)) === true
    verdicts?.keep(item, value)
    return value
  }
  /** Number of the first of the rules about more than the item that hides it, from 1; 0: none. */
  const hiddenFrom = (item: number): number => {
    if (asked.shows.length === 0) return 0
    verdicts.reserve(item + 1)
    const known = verdicts.data[item]! - 128 * lists
    if (known >= 0) return known
    let hiding = 0
    for (const rule of asked.shows) {
      if (holds(item, rule)) continue
      hiding = rule.number
      break
    }
    verdicts.data[item] = 128 * lists + hiding
    return hiding
  }
  const showsNow = (item: number): boolean => items.hiddenBy(item) === 0 && hiddenFrom(item) === 0

  const places = placeRules(length, {
    caps: caps.map(({ most, first, by }) => ({ most, first, keys: items.keys(by) })),
    pins: pins.map((pin, at) => ({
      place: pin.place,
      matches: pin.ofItem ? item => items.fits(at, item) : item => holds(item, pin),
    })),
    spreads: spreads.map(({ strength, by }) => ({ strength, keys: items.keys(by) })),
  })
  const ofList: RulesOfList = {
    shows: showsNow,
    places:
      boosts.length + pins.length + caps.length + spreads.length === 0
        ? null
        : {
            lift(item) {
              let sum = items.lift(item)
              for (const rule of asked.boosts) if (holds(item, rule)) sum += rule.lift
              return sum
            },
            places,
          },
    why: (item, place) => [
      ...boosts
        .filter(rule => holds(item, rule))
        .map(({ name, lift }) => {
          return `rule "${name}" gives it ${Number(Math.exp(lift).toPrecision(3))} times the odds`
        }),
      ...pins
        .filter(pin => pin.place === place && holds(item, pin))
        .map(({ name }) => `rule "${name}" pins such an item to place ${place}`),
    ],
    pinned(allowed, most) {
      const each = Math.min(length, Math.floor(most / pinsOfItems.length))
      // Others in each hour; from list to list it would cost time to find out about ever others.
      const turn = scramble(Math.floor(Number(scope.now) / 3_600_000))
      return [...new Set(pinsOfItems.flatMap(pin => items.fitting(pin, allowed, each, turn)))]
    },
    whyShort(total, others) {
      const counts = new Map<string, number>()
      for (let item = 0; item < total; item++) {
        if (!others(item)) continue
        const rule = items.hiddenBy(item) || hiddenFrom(item)
        const cap = rule > 0 || places.holds(item) ? -1 : places.closedBy(item)
        if (rule === 0 && cap < 0) continue
        const words = rule > 0 ? `rule "${shows[rule - 1]!.name}" hides` : `rule "${caps[cap]!.name}" has no room for`
        counts.set(words, (counts.get(words) ?? 0) + 1)
      }
      const most = [...counts].sort(([, of], [, more]) => more - of)
      return most.map(([words, items]) => `${words} ${count(items)}`).join(', ')
    },
  }

  return {
    changed(item) {
      items.changed(item)
      for (const verdicts of kept.values()) verdicts.changed(item)
    },
    shows: item => items.hiddenBy(item) === 0,
    forList({ user, time, context }) {
      lists += 1
      const now = new Date(time)
      scope.user = { ...user.attributes, attributes: user.attributes, id: user.id, events: user.events }
      scope.context = { ...context, time: now }
      scope.now = now
      for (const verdicts of kept.values()) verdicts.begin(scope.user)
      return ofList
    },
    notices: faults.said,
  }
}

/** Those of the rules that are about more than the item, each with its number among all, from 1. */
function moving<Rule extends Condition>(rules: readonly Rule[]): (Rule & { number: number })[] {
  return rules.map((rule, at) => ({ ...rule, number: at + 1 })).filter(rule => !rule.ofItem)
}
