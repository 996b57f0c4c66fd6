import type { Random } from '../state/random.ts'

/** One slot of a list as it was drawn. */
export interface Draw {
  /** Index into the candidates. */
  index: number
  /** Probability with which this slot shows this candidate, given the slots above it. */
  propensity: number
  explored: boolean
}

/**
 * Draw a list slot by slot: with probability 1 − ε the best candidate that is left, else one of those left at random.
 *
 * With m candidates left, the best has propensity 1 − ε + ε/m and any other ε/m, whichever way it was drawn: the logging
 * policy's true probability, which is what off-policy evaluation divides by. It conditions on the slots above; the whole
 * list's propensity is the product.
 */
export function drawList(keys: readonly number[], length: number, epsilon: number, random: Random): Draw[] {
  const left = keys.map((_, index) => index).sort((a, b) => keys[b]! - keys[a]! || a - b)
  const draws: Draw[] = []
  while (draws.length < length && left.length > 0) {
    const explored = random.uniform() < epsilon
    const place = explored ? random.integer(left.length) : 0
    const chance = epsilon / left.length
    draws.push({ index: left[place]!, propensity: place === 0 ? 1 - epsilon + chance : chance, explored })
    left.splice(place, 1)
  }
  return draws
}

/**
 * Draw a list by Thompson sampling: every slot shows the best candidate that is left under a taste drawn afresh.
 *
 * `judge` draws a taste and writes the key of every candidate. A slot's propensity, given the slots above it, has no closed
 * form: it is the share of `runs` further tastes, and of the one that was served, under which the same candidate comes
 * first. So it is never 0, is no finer than 1/(1 + runs), and errs upwards by at most that.
 */
export function drawThompson(count: number, length: number, judge: (keys: Float64Array) => void, runs: number): Draw[] {
  const others = Array.from({ length: runs }, () => {
    const keys = new Float64Array(count)
    judge(keys)
    return keys
  })
  const left = Array.from({ length: count }, (_, index) => index)
  const best = (keys: Float64Array) => left.reduce((a, b) => (keys[b]! > keys[a]! ? b : a))
  const keys = new Float64Array(count)
  const draws: Draw[] = []
  while (draws.length < length && left.length > 0) {
    judge(keys)
    const index = best(keys)
    const alike = others.filter(each => best(each) === index).length
    draws.push({ index, propensity: (1 + alike) / (1 + runs), explored: false })
    left.splice(left.indexOf(index), 1)
  }
  return draws
}
