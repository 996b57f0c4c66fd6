import { seededRandom } from '../../../../state/random.ts'
import { featureCount } from '../index/user-memory.ts'
import { kinds } from './finished-sessions.ts'

/** Weights that are learned: all but that of ẑ, which is 1. */
export const learnedCount = featureCount - 1

/** What sessions are served by now. */
export interface Standing {
  /** Where noise is put on, and what is served without. [K] */
  centre: ArrayLike<number>
  served: ArrayLike<number>
  /** Standard deviation of the noise. */
  noise: number
  /** Shares of sessions that are served by the base's weights, and by the learned ones without noise. */
  base: number
  mean: number
}

/**
 * The weights that hold for one session. They follow from key, user and beginning alone, so that to ask for them changes
 * nothing, whoever asks and how often.
 *
 *     const held = heldWeights()
 *     held.draw(key, user, beginning, standing)   // → held.kind, held.weights
 */
export function heldWeights() {
  const weights = new Float64Array(featureCount)
  weights[0] = 1
  let kind: number = kinds.base
  return {
    weights,
    get kind() {
      return kind
    },
    draw(key: number, user: number, beginning: number, { centre, served, noise, base, mean }: Standing): void {
      const random = seededRandom(key, `${user} ${beginning}`)
      const at = random.uniform()
      kind = at < base ? kinds.base : at < base + mean ? kinds.mean : kinds.noise
      for (let k = 0; k < learnedCount; k++) {
        weights[1 + k] =
          kind === kinds.base ? 0 : kind === kinds.mean ? served[k]! : centre[k]! + noise * random.normal()
      }
    },
  }
}
