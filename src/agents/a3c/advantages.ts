/** Steps of many users, each before the same user's next one. */
export interface Steps {
  /** Scaled reward of each step, what its future is discounted by, V(s) and V(s′). */
  rewards: Float32Array
  discounts: Float32Array
  values: Float32Array
  nextValues: Float32Array
  /** min(1, π/b): how far the policy would have chosen what was chosen; 1 where b is not known. */
  ratios: Float32Array
  /** Which of these steps is the same user's next, −1 if none of them is. */
  following: Int32Array
}

/** What each step was worth beyond what the critic expected, and what the critic should have expected. */
export type AdvantageRule = (steps: Steps, lambda: number) => { advantages: Float32Array; targets: Float32Array }

/**
 * Generalised advantages (Schulman et al. 2016) with the ratios of V-trace (Espeholt et al. 2018), which are 1 on-policy:
 *
 *     A = r + γ·(V(s′) + λ·ρ′·A′) − V(s),  target = V(s) + ρ·A
 *
 * A step must come before the one that follows it.
 */
export const generalisedAdvantages: AdvantageRule = (steps, lambda) => {
  const { rewards, discounts, values, nextValues, ratios, following } = steps
  const advantages = new Float32Array(rewards.length)
  const targets = new Float32Array(rewards.length)
  for (let k = rewards.length - 1; k >= 0; k--) {
    const next = following[k]!
    const carried = next < 0 ? 0 : lambda * ratios[next]! * advantages[next]!
    advantages[k] = rewards[k]! + discounts[k]! * (nextValues[k]! + carried) - values[k]!
    targets[k] = values[k]! + ratios[k]! * advantages[k]!
  }
  return { advantages, targets }
}

/** Numbers less their mean, in standard deviations; those of weight 0 are left as they are and do not count. */
export function standardise(numbers: Float32Array, weighs: (k: number) => boolean): Float32Array {
  const counted = numbers.filter((_, k) => weighs(k))
  if (counted.length === 0) return numbers
  const mean = counted.reduce((sum, each) => sum + each, 0) / counted.length
  const variance = counted.reduce((sum, each) => sum + (each - mean) ** 2, 0) / counted.length
  return numbers.map(each => (each - mean) / (Math.sqrt(variance) + 1e-8))
}
