/**
 * The logarithm of the odds of a chance, which is taken to lie no nearer to 0 and 1 than `nearest`.
 *
 *     logitOf(0.5)   // 0
 *     logitOf(0, 1e-4)     // −9.2
 */
export function logitOf(chance: number, nearest = 1e-6): number {
  const inside = Math.min(1 - nearest, Math.max(nearest, chance))
  return Math.log(inside / (1 - inside))
}

/** The chance whose logit this is. */
export const chanceOf = (logit: number): number => 1 / (1 + Math.exp(-logit))
