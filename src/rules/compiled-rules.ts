import { type Rule, ruleName } from '../records/rules.ts'
import { type Expression, ofItemAlone, readExpression, type Wanted } from './expression.ts'

/** Something that is true or false of an item in a list. */
export interface Condition {
  name: string
  expression: Expression
  /** Whether it depends on the item alone. */
  ofItem: boolean
}

/** Rules by kind, their expressions read. */
export interface CompiledRules {
  shows: readonly Condition[]
  /** `lift` is the logarithm of the factor. */
  boosts: readonly (Condition & { lift: number })[]
  pins: readonly (Condition & { place: number })[]
  caps: readonly { name: string; by: Expression; most: number; first: number }[]
  spreads: readonly { name: string; by: Expression; strength: number }[]
}

/** Rules that were checked when their pipeline was defined. */
export function compileRules(rules: readonly Rule[]): CompiledRules {
  const condition = (rule: Rule, text: string): Condition => {
    const expression = read(text, 'true or false')
    return { name: ruleName(rule), expression, ofItem: ofItemAlone(expression) }
  }
  return {
    shows: rules.flatMap(rule => ('show' in rule ? [condition(rule, rule.show)] : [])),
    boosts: rules.flatMap(rule =>
      'boost' in rule ? [{ ...condition(rule, rule.boost), lift: Math.log(rule.by) }] : [],
    ),
    pins: rules.flatMap(rule => ('pin' in rule ? [{ ...condition(rule, rule.pin), place: rule.place }] : [])),
    caps: rules.flatMap(rule => {
      if (!('cap' in rule)) return []
      const { by, most, first = Number.POSITIVE_INFINITY } = rule.cap
      return [{ name: ruleName(rule), by: read(by, 'a value'), most, first }]
    }),
    spreads: rules.flatMap(rule => {
      if (!('spread' in rule)) return []
      const { by, strength } = rule.spread
      return [{ name: ruleName(rule), by: read(by, 'a value'), strength }]
    }),
  }
}

function read(text: string, wanted: Wanted): Expression {
  const expression = readExpression(text, wanted)
  if (typeof expression === 'string') throw new Error(`A rule ${expression}.`)
  return expression
}
