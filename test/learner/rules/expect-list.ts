import { expect } from 'vitest'
import type { Recommendation } from '../../../src/records/recommendation.ts'
import type { Asked, Goods, TestRule } from './kinds.ts'

/** What is so at the moment when a list is made. */
export interface Moment {
  /** Items that a learner knows, as their records say; null: none came. */
  items: ReadonlyMap<string, Goods | null>
  /** Whether an item may be in the list, apart from rules. */
  free: (itemId: string) => boolean
  budget: number | undefined
}

export interface Held {
  rules: readonly TestRule[]
  length: number
  /** Whether whoever made it looks at every item that may be shown. */
  seesAll: boolean
}

/** A list keeps to the rules, has no place less than it may, and says why it is short. */
export function expectList(list: Recommendation, { items, free, budget }: Moment, held: Held): void {
  const { rules, length, seesAll } = held
  const asked = (itemId: string): Asked => {
    return { goods: items.get(itemId) ?? null, budget, arm: list.arm, time: list.time }
  }
  const may = (itemId: string) => free(itemId) && rules.every(each => each.kind !== 'show' || each.holds(asked(itemId)))
  const shown = list.items.map(({ itemId }) => itemId)
  const caps = rules.filter(each => each.kind === 'cap')
  const keysOf = (cap: (typeof caps)[number], itemId: string) => {
    const goods = items.get(itemId) ?? null
    return goods === null ? [] : [...new Set(cap.keys(goods))]
  }
  /** The name of a cap that leaves an item no room at a place, from 1, given what stands above. */
  const closedBy = (itemId: string, place: number, above: readonly string[]) =>
    caps.find(
      cap =>
        place <= cap.first &&
        keysOf(cap, itemId).some(key => above.filter(other => keysOf(cap, other).includes(key)).length >= cap.most),
    )?.rule.name
  const fits = (itemId: string, place: number) =>
    may(itemId) && closedBy(itemId, place, shown.slice(0, place - 1)) === undefined

  const faults: string[] = []
  if (new Set(shown).size !== shown.length) faults.push('an item stands twice')
  if (shown.length > length) faults.push('it is too long')
  for (const [k, itemId] of shown.entries()) {
    const above = shown.slice(0, k)
    if (!free(itemId)) faults.push(`${itemId} is sold out, deleted or excluded`)
    else if (!may(itemId)) faults.push(`a rule hides ${itemId}`)
    const cap = closedBy(itemId, k + 1, above)
    if (cap !== undefined) faults.push(`${cap} has no room for ${itemId} at ${k + 1}`)
    const pins = rules.filter(each => each.kind === 'pin').filter(pin => pin.place === k + 1)
    const others = [...items.keys()].filter(other => !above.includes(other) && fits(other, k + 1))
    const first = pins.find(pin => others.some(other => pin.holds(asked(other))))
    if (seesAll && first !== undefined && !first.holds(asked(itemId)))
      faults.push(`${first.rule.name} is not at ${k + 1}`)
  }
  if (shown.length < length && seesAll) {
    const left = [...items.keys()].filter(other => !shown.includes(other) && fits(other, shown.length + 1))
    if (left.length > 0) faults.push(`it is short, and ${left[0]} has room`)
  }
  const ofRules = rules.some(({ kind }) => kind === 'show' || kind === 'cap')
  if ((list.short !== null) !== shown.length < length) faults.push(`it says short: ${list.short}`)
  if (list.short?.includes('rule') && !ofRules) faults.push(`it says short: ${list.short}`)
  if (list.short !== null && seesAll && ofRules) {
    const hidden = [...items.keys()].some(other => free(other) && !may(other))
    const capped = [...items.keys()].some(other => may(other) && !shown.includes(other))
    if (hidden !== list.short.includes('hides')) faults.push(`it says short: ${list.short}`)
    if (capped !== list.short.includes('has no room for')) faults.push(`it says short: ${list.short}`)
  }
  for (const { propensity } of list.items) {
    if (!(propensity > 0 && propensity <= 1 + 1e-9)) faults.push(`a propensity of ${propensity}`)
  }
  expect({ list: list.recommendationId, arm: list.arm, user: list.userId, shown, faults }).toMatchObject({ faults: [] })
}
