import type { FeatureWeight, TiredOf, UserIndex } from '../../../planning-agent.ts'
import { kinds } from './finished-sessions.ts'
import { firstFatigue } from './tired.ts'
import { type FatigueSpeed, featureNames } from './user-memory.ts'

/** Weights with the names of their features. */
export const named = (weights: ArrayLike<number>): FeatureWeight[] =>
  featureNames.map((feature, k) => ({ feature, weight: weights[k]! }))

/** What a kind of session is called to people. */
export const heldNames: Readonly<Record<number, UserIndex['held']>> = {
  [kinds.base]: 'base',
  [kinds.mean]: 'learned',
  [kinds.noise]: 'learned, with noise',
}

/**
 * An index as it is used for one user, for people to read.
 *
 *     indexView('learned', weights, speeds, memory.tired(weights)).speeds[0]   // { feature: 'fatigue', days: 0.25, share: 0.6 }
 */
export function indexView(
  held: UserIndex['held'],
  weights: ArrayLike<number>,
  speeds: readonly FatigueSpeed[],
  tired: TiredOf[],
): UserIndex {
  const sizes = speeds.map((_, k) => Math.abs(weights[firstFatigue + k]!))
  const total = sizes.reduce((sum, size) => sum + size, 0)
  return {
    ...{ held, weights: named(weights), tired },
    speeds: speeds.map(({ days }, k) => ({
      ...{ feature: featureNames[firstFatigue + k]!, days },
      share: total > 0 ? sizes[k]! / total : 0,
    })),
  }
}
