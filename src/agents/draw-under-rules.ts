import type { ListRules } from '../rules/place-rules.ts'
import type { Drawing } from './draw.ts'
import type { Choice } from './planning-agent.ts'

/** What a list is drawn from: items 0 … count − 1 by their scores, as far as they are allowed. */
export interface Scored {
  scores: ArrayLike<number>
  count: number
  allowed: (item: number) => boolean
}

/**
 * Draws a list place by place as `drawer` does, each place from the items that the rules leave there, with the true
 * probability of what it shows given the places above.
 *
 * A boost by a factor f adds ln f in units of the temperature, so that it multiplies the odds; an agent that shows its best
 * adds it in standard deviations of its scores. What is lost for likeness is in units of the span of scores.
 */
export function drawUnderRules(
  scored: Scored,
  rules: ListRules,
  length: number,
  drawing: Drawing,
  uniform: () => number,
): Choice[] {
  const { items, keys, span } = keysUnderRules(scored, rules, drawing.temperature)
  const open = new Int32Array(items.length)
  const choices: Choice[] = []
  while (choices.length < length && items.length > 0) {
    const held = rules.places.open(items, items.length, open)
    if (held === 0) break
    const chances = placeChances({ items, keys, open, held, span }, rules, drawing)
    const at = open[pick(chances, uniform())]!
    const item = items[at]!
    choices.push({ item, score: scored.scores[item]!, propensity: chances[open.subarray(0, held).indexOf(at)]! })
    rules.places.take(item)
    items.splice(at, 1)
    keys.splice(at, 1)
  }
  return choices
}

/** Probability that the first place shows each item under rules, by slot; `into` is written from 0 to `count`. */
export function firstPlaceUnderRules(
  scored: Scored,
  rules: ListRules,
  drawing: Drawing,
  into: Float64Array,
): Float64Array {
  into.fill(0, 0, scored.count)
  const { items, keys, span } = keysUnderRules(scored, rules, drawing.temperature)
  const open = new Int32Array(items.length)
  const held = rules.places.open(items, items.length, open)
  const chances = placeChances({ items, keys, open, held, span }, rules, drawing)
  for (let k = 0; k < held; k++) into[items[open[k]!]!] = chances[k]!
  return into
}

/** A list begins: items that are allowed, what they are ranked by before anything stands in the list, and the span of their scores. */
export function keysUnderRules(
  { scores, count, allowed }: Scored,
  rules: ListRules,
  temperature: number,
): { items: number[]; keys: number[]; span: number } {
  const items: number[] = []
  for (let item = 0; item < count; item++) if (allowed(item)) items.push(item)
  let [least, most, sum, squares] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0]
  for (const item of items) {
    const score = scores[item]!
    if (!Number.isFinite(score)) continue
    least = Math.min(least, score)
    most = Math.max(most, score)
    sum += score
    squares += score ** 2
  }
  const mean = sum / items.length
  const unit = temperature > 0 ? temperature : Math.sqrt(Math.max(0, squares / items.length - mean ** 2))
  rules.places.begin()
  rules.places.admit(items, 0, items.length)
  const keys = items.map(item => scores[item]! + unit * rules.lift(item))
  return { items, keys, span: most > least ? most - least : 0 }
}

interface Place {
  items: readonly number[]
  keys: readonly number[]
  /** Places in `items` that may stand here, `held` of them. */
  open: Int32Array
  held: number
  span: number
}

/** Probability with which a place shows each of the items that may stand there. */
function placeChances(
  { items, keys, open, held, span }: Place,
  { places }: ListRules,
  { epsilon, temperature }: Drawing,
): Float64Array {
  const chances = new Float64Array(held)
  let best = 0
  let top = Number.NEGATIVE_INFINITY
  for (let k = 0; k < held; k++) {
    const at = open[k]!
    const key = keys[at]! - (span === 0 ? 0 : span * places.loss(items[at]!))
    chances[k] = key
    if (key > top) [best, top] = [k, key]
  }
  let total = 0
  for (let k = 0; k < held; k++) {
    const weight = temperature > 0 ? Math.exp((chances[k]! - top) / temperature) : k === best ? 1 : 0
    // A score that is no number is never the best.
    chances[k] = Number.isFinite(weight) ? weight : 0
    total += chances[k]!
  }
  if (!(total > 0)) [chances[best], total] = [1, 1]
  for (let k = 0; k < held; k++) chances[k] = ((1 - epsilon) * chances[k]!) / total + epsilon / held
  return chances
}

/** The one whose part of [0, 1) holds `at`; chances sum to nearly 1. */
function pick(chances: Float64Array, at: number): number {
  let rest = at
  let last = 0
  for (let k = 0; k < chances.length; k++) {
    if (chances[k] === 0) continue
    last = k
    if ((rest -= chances[k]!) < 0) break
  }
  return last
}
