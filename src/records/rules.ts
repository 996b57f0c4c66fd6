/**
 * What people say may stand in a list, and where. Expressions are CEL (Common Expression Language) over `item`, `user`,
 * `context` and `now`.
 *
 *     rules: [
 *       { name: 'affordable', show: 'item.price <= user.budget' },
 *       { name: 'many brands', cap: { by: 'item.brand', most: 3 } },
 *       { name: 'on sale', boost: '"sale" in item.tags', by: 1.5 },
 *     ]
 */
export type Rule = ShowRule | BoostRule | CapRule | PinRule | SpreadRule

interface Named {
  /** Unique in the pipeline; default: the rule's kind and its expression. */
  name?: string
}

/** An item for which the expression is not true is in no list. */
export interface ShowRule extends Named {
  show: string
}

/** An item for which the expression is true has `by` times the odds. */
export interface BoostRule extends Named {
  boost: string
  /** Above 0; below 1 it lowers the item. */
  by: number
}

/** At most `most` items with the same value of `by` in a list, or in its first `first` places; of each of them, if it is a list. */
export interface CapRule extends Named {
  cap: { by: string; most: number; first?: number }
}

/** At a place, from 1, stands an item for which the expression is true, if there is one that may be shown. */
export interface PinRule extends Named {
  pin: string
  place: number
}

/** Items that are like those above them count for less: the same value of `by`, or values in common where it is a list. */
export interface SpreadRule extends Named {
  spread: { by: string /** Above 0, below 1. */; strength: number }
}

export const ruleKinds = ['show', 'boost', 'cap', 'pin', 'spread'] as const
export type RuleKind = (typeof ruleKinds)[number]

/** What a rule is called where people read of it. */
export function ruleName(rule: Rule): string {
  if (rule.name !== undefined) return rule.name
  if ('show' in rule) return `show ${rule.show}`
  if ('boost' in rule) return `boost ${rule.boost}`
  if ('cap' in rule) return `cap by ${rule.cap.by}`
  if ('pin' in rule) return `pin ${rule.pin}`
  return `spread by ${rule.spread.by}`
}
