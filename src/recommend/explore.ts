import type { Random } from '../model/random.ts'

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
