import { type Rule, ruleKinds, ruleName } from '../records/rules.ts'
import { shown } from '../settings/check.ts'
import { nearest } from '../settings/nearest.ts'
import { ofItemAlone, readExpression, type Wanted } from './expression.ts'

/** Rules of a pipeline, at most. */
export const mostRules = 100

/**
 * What is wrong with the rules of a pipeline, as a sentence; null when all is well.
 *
 *     rulesProblem({ name: 'shop', rules: [{ name: 'cheap', show: 'item.price < "20"' }] })
 *     // 'The rule "cheap" of shop compares an attribute with the text "20", but it arrives as 20: …'
 */
export function rulesProblem({ name: pipeline, rules }: { name: string; rules: readonly Rule[] }): string | null {
  if (!Array.isArray(rules) || rules.length > mostRules) {
    return `The rules of ${pipeline} must be a list of at most ${mostRules}, such as [{ name: 'in stock', show: 'item.stock > 0' }].`
  }
  const names = new Set<string>()
  for (const [at, rule] of rules.entries()) {
    const problem = shapeProblem(rule)
    if (problem !== null) return `Rule ${at + 1} of ${pipeline} ${problem}.`
    const name = ruleName(rule)
    const wrong = partsProblem(rule)
    if (wrong !== null) return `The rule ${shown(name)} of ${pipeline} ${wrong}.`
    if (names.has(name)) return `Two rules of ${pipeline} have the name ${shown(name)}; a rule is known by its name.`
    names.add(name)
  }
  return null
}

const keysOfKind: Readonly<Record<(typeof ruleKinds)[number], readonly string[]>> = {
  show: [],
  boost: ['by'],
  cap: [],
  pin: ['place'],
  spread: [],
}

function shapeProblem(rule: unknown): string | null {
  if (!isObject(rule)) return `must be an object such as { show: 'item.stock > 0' }, not ${shown(rule)}`
  const kinds = ruleKinds.filter(kind => kind in rule)
  if (kinds.length !== 1) return `must have one of ${ruleKinds.join(', ')}, not ${kinds.join(' and ') || shown(rule)}`
  const keys = ['name', kinds[0]!, ...keysOfKind[kinds[0]!]]
  const unknown = Object.keys(rule).find(key => !keys.includes(key))
  if (unknown !== undefined) return `has no setting "${unknown}"; the nearest are ${nearest(unknown, keys).join(', ')}`
  const { name } = rule as { name?: unknown }
  if (name !== undefined && !(typeof name === 'string' && /^\S.{0,78}\S$|^\S$/.test(name))) {
    return `must have a name of 1 to 80 characters, not ${shown(name)}`
  }
  return null
}

function partsProblem(rule: Rule): string | null {
  if ('show' in rule) return expressionProblem(rule.show, 'true or false')
  if ('boost' in rule) {
    if (!inRange(rule.by, 0.001, 1_000)) return `needs by, a factor from 0.001 to 1000, not ${shown(rule.by)}`
    return expressionProblem(rule.boost, 'true or false')
  }
  if ('pin' in rule) {
    if (!isWhole(rule.place, 1, 200)) return `needs place, a whole number from 1 to 200, not ${shown(rule.place)}`
    return expressionProblem(rule.pin, 'true or false')
  }
  if ('cap' in rule) {
    const wrong = objectProblem('cap', rule.cap, ['by', 'most', 'first'], "{ by: 'item.brand', most: 3 }")
    if (wrong !== null) return wrong
    const { by, most, first } = rule.cap
    if (!isWhole(most, 1, 200)) return `needs cap.most, a whole number from 1 to 200, not ${shown(most)}`
    if (first !== undefined && !isWhole(first, 1, 200)) {
      return `needs cap.first, a whole number of places from 1 to 200, not ${shown(first)}`
    }
    return keyProblem(by, 'cap')
  }
  const wrong = objectProblem('spread', rule.spread, ['by', 'strength'], "{ by: 'item.category', strength: 0.3 }")
  if (wrong !== null) return wrong
  const { by, strength } = rule.spread
  if (!(inRange(strength, 0, 1) && strength > 0 && strength < 1)) {
    return `needs spread.strength, a number above 0 and below 1, not ${shown(strength)}`
  }
  return keyProblem(by, 'spread')
}

function expressionProblem(text: unknown, wanted: Wanted): string | null {
  const read = readExpression(text, wanted)
  return typeof read === 'string' ? read : null
}

/** What items are counted or compared by must not change from list to list. */
function keyProblem(by: unknown, kind: string): string | null {
  const read = readExpression(by, 'a value')
  if (typeof read === 'string') return read
  return ofItemAlone(read) ? null : `must have ${kind}.by about the item alone, not about ${otherNames(read.reads)}`
}

const otherNames = (reads: ReadonlySet<string>): string => [...reads].filter(name => name !== 'item').join(' and ')

function objectProblem(key: string, value: unknown, keys: readonly string[], example: string): string | null {
  if (!isObject(value)) return `needs ${key} as an object such as ${example}, not ${shown(value)}`
  const unknown = Object.keys(value).find(each => !keys.includes(each))
  return unknown === undefined
    ? null
    : `has no setting "${key}.${unknown}"; the nearest are ${nearest(unknown, keys).join(', ')}`
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const inRange = (value: unknown, min: number, max: number): value is number =>
  typeof value === 'number' && value >= min && value <= max
const isWhole = (value: unknown, min: number, max: number): boolean =>
  Number.isInteger(value) && inRange(value, min, max)
