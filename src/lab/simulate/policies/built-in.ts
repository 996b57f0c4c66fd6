import { type GivenOptions, withOptions } from '../../../agents/options.ts'
import type { Fields } from '../../../settings/field.ts'
import { seededRandom } from '../../../state/random.ts'
import type { Policy, PolicyFor } from '../policy.ts'
import type { World } from '../world/world.ts'
import { fixedFatigue, fixedFatigueOptions } from './fixed-fatigue.ts'

/** An item by chance, all alike. */
export const random: PolicyFor = (world, seed) => {
  const chance = seededRandom(seed, 'random policy')
  const { items } = world.population
  return {
    choose(slot) {
      // At least one item is not barred, so this ends.
      for (;;) {
        const item = chance.integer(items)
        if (!world.barred(slot, item)) return item
      }
    },
    observe: () => {},
  }
}

/** What most people rated. */
export const popularity: PolicyFor = world => ranked(world, () => world.knowledge.popularity)

/** What the factorisation thinks that the person would rate highest: what a recommender of ratings shows. */
export const rating: PolicyFor = world => {
  const { items } = world.population
  const { estimates } = world.knowledge
  return ranked(world, slot => estimates.subarray(world.person(slot) * items, (world.person(slot) + 1) * items))
}

/** What will be watched longest, by the truth: the best that a ranker can do which looks no further than one item. */
export const oracleMyopic: PolicyFor = world => ranked(world, slot => world.truth(slot).watch)

/** Weights of satisfaction and satiation beside expected watch; chosen on a grid in the worlds "full" and "saturating". */
export const indexWeights = { satisfaction: 3, satiation: 0.2 }

/**
 * a + θ₁·q − θ₂·x by the truth: what satisfies brings people back, and what tires them of a genre costs later watching.
 *
 * A rule of thumb that sees everything, not the optimum: a policy may do better.
 */
export const oracleIndex: PolicyFor = world => {
  const scores = new Float64Array(world.population.items)
  return ranked(world, slot => {
    const { watch, satisfaction, satiation } = world.truth(slot)
    for (let item = 0; item < scores.length; item++) {
      scores[item] =
        watch[item]! + indexWeights.satisfaction * satisfaction[item]! - indexWeights.satiation * satiation[item]!
    }
    return scores
  })
}

/** Policies that learn nothing, by name. */
export const builtInPolicies: Readonly<Record<string, PolicyFor>> = {
  random,
  popularity,
  rating,
  'fixed-fatigue': fixedFatigue(),
  'oracle-myopic': oracleMyopic,
  'oracle-index': oracleIndex,
}

/** What can be set of them, by name. */
export const builtInOptions: Readonly<Record<string, Fields>> = { 'fixed-fatigue': fixedFatigueOptions }

/** One of them with options of its own; null for a name that is none of theirs. */
export function builtInPolicy(name: string, options: GivenOptions): PolicyFor | null {
  if (!Object.hasOwn(builtInPolicies, name)) return null
  return name === 'fixed-fatigue'
    ? fixedFatigue(withOptions(name, fixedFatigueOptions, options))
    : builtInPolicies[name]!
}

/** The item with the highest score that is not barred; of equal ones the first. */
function ranked(world: World, scoresOf: (slot: number) => Float64Array): Policy {
  return {
    choose(slot) {
      const scores = scoresOf(slot)
      let best = -1
      for (let item = 0; item < scores.length; item++) {
        if ((best < 0 || scores[item]! > scores[best]!) && !world.barred(slot, item)) best = item
      }
      return best
    },
    observe: () => {},
  }
}
