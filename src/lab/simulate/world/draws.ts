import type { Random } from '../../../state/random.ts'

/** Exponential with this mean. */
export function exponential(random: Random, mean: number): number {
  return -mean * Math.log(1 - random.uniform())
}

/**
 * Beta(a, b), both above 0: the share of one gamma variate in two.
 *
 *     beta(random, 4 * 0.7, 4 * 0.3)   // .7 on average, in [0, 1]
 */
export function beta(random: Random, a: number, b: number): number {
  const x = gamma(random, a)
  const y = gamma(random, b)
  // Where both shapes are tiny both variates may be too small for a double; all the mass lies at the ends then.
  if (x + y === 0) return random.uniform() * (a + b) < a ? 1 : 0
  return x / (x + y)
}

/** Gamma with scale 1, by Marsaglia and Tsang, A Simple Method for Generating Gamma Variables, 2000. */
export function gamma(random: Random, shape: number): number {
  if (shape < 1) return gamma(random, shape + 1) * (1 - random.uniform()) ** (1 / shape)
  const d = shape - 1 / 3
  const c = 1 / Math.sqrt(9 * d)
  for (;;) {
    const z = random.normal()
    const root = 1 + c * z
    if (root <= 0) continue
    const v = root * root * root
    if (Math.log(1 - random.uniform()) < 0.5 * z * z + d - d * v + d * Math.log(v)) return d * v
  }
}
