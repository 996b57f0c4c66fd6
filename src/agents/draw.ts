import type { Random } from '../state/random.ts'
import type { Choice } from './planning-agent.ts'

/** How places of a list are drawn. */
export interface Drawing {
  /** Share of places that show an item at random. */
  epsilon: number
  /** Above 0: places that are not at random follow the softmax of score / temperature; 0: the best score. */
  temperature: number
}

/**
 * Draws lists from scores, place by place, each with the true probability of what it shows given the places above.
 *
 *     const draw = drawer(random)
 *     draw(scores, count, item => !seen.has(item), 10, { epsilon: 0.1, temperature: 0 })
 *
 * With m items left a place shows an item with probability (1 − ε)·p + ε/m, where p is the softmax's, or 1 for the best
 * and 0 for others. The lower slot comes first among equals. Non-finite scores are never the best.
 */
export function drawer(random: Random) {
  let left = new Int32Array(0)
  let weights = new Float64Array(0)

  return (
    scores: ArrayLike<number>,
    count: number,
    allowed: (item: number) => boolean,
    length: number,
    { epsilon, temperature }: Drawing,
    chance: Random = random,
  ): Choice[] => {
    if (left.length < count) {
      left = new Int32Array(2 * count)
      weights = new Float64Array(2 * count)
    }
    let held = 0
    for (let item = 0; item < count; item++) if (allowed(item)) left[held++] = item
    let total = 0
    const weigh = () => {
      total = 0
      if (temperature === 0 || held === 0) return
      const top = scores[left[best(scores, left, held)]!]!
      for (let k = 0; k < held; k++) total += weights[k] = Math.exp((scores[left[k]!]! - top) / temperature)
    }
    weigh()
    const choices: Choice[] = []
    while (choices.length < length && held > 0) {
      const explored = epsilon > 0 && chance.uniform() < epsilon
      const first = temperature > 0 ? -1 : best(scores, left, held)
      const at = explored ? chance.integer(held) : temperature > 0 ? pick(weights, held, total, chance) : first
      const item = left[at]!
      const share = temperature > 0 ? Math.min(1, weights[at]! / total) : at === first ? 1 : 0
      choices.push({ item, score: scores[item]!, propensity: (1 - epsilon) * share + epsilon / held })
      // The order is kept, so that equals stay in the order of their slots.
      const taken = temperature > 0 ? weights[at]! : 0
      total -= taken
      left.copyWithin(at, at + 1, held)
      if (temperature > 0) weights.copyWithin(at, at + 1, held)
      held -= 1
      // Next to one that had nearly all of it, the others' weights drown in its rounding: they are weighed anew.
      if (total <= 1e-6 * taken) weigh()
    }
    return choices
  }
}

/** Probability that the first place shows each item when lists are drawn so; `into` is written from 0 to `count`. */
export function firstPlace(
  scores: ArrayLike<number>,
  count: number,
  allowed: (item: number) => boolean,
  { epsilon, temperature }: Drawing,
  into: Float64Array,
): Float64Array {
  let held = 0
  let top = -1
  for (let item = 0; item < count; item++) {
    into[item] = allowed(item) ? 1 : 0
    if (into[item] === 0) continue
    held += 1
    if (top < 0 || scores[item]! > scores[top]!) top = item
  }
  let total = 0
  for (let item = 0; item < count; item++) {
    if (into[item] === 0) continue
    into[item] = temperature > 0 ? Math.exp((scores[item]! - scores[top]!) / temperature) : item === top ? 1 : 0
    total += into[item]!
  }
  for (let item = 0; item < count; item++) {
    if (allowed(item)) into[item] = ((1 - epsilon) * into[item]!) / total + epsilon / held
  }
  return into
}

function best(scores: ArrayLike<number>, left: Int32Array, held: number): number {
  let at = 0
  let top = Number.NEGATIVE_INFINITY
  for (let k = 0; k < held; k++) {
    const score = scores[left[k]!]!
    if (score > top) {
      top = score
      at = k
    }
  }
  return at
}

function pick(weights: Float64Array, held: number, total: number, random: Random): number {
  let rest = random.uniform() * total
  for (let k = 0; k < held; k++) if ((rest -= weights[k]!) < 0) return k
  return held - 1
}

/** A value that goes from one to another in so many steps, and stays there. */
export interface Decay {
  from: number
  to: number
  steps: number
}

export const decayed = ({ from, to, steps }: Decay, step: number): number =>
  step >= steps ? to : from + ((to - from) * step) / steps
