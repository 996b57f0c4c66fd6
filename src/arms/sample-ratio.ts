/**
 * Whether users came to arms in the parts that were meant: an always-valid p-value.
 *
 *     sampleRatio([520, 480], [0.5, 0.5])     // 0.95
 *     sampleRatio([5600, 4400], [0.5, 0.5])   // 1e-28: somebody is missing
 *
 * A sequential multinomial test (Lindon and Malek, "Anytime-valid inference for multinomial count data", NeurIPS 2022): one
 * over the Bayes factor of a Dirichlet around the shares against the shares themselves. A comparison of arms that lost
 * users unequally, say because one of them fails for some, is worth nothing, whatever its interval says.
 */
export function sampleRatio(users: readonly number[], shares: readonly number[]): number {
  const total = shares.reduce((sum, share) => sum + share, 0)
  const n = users.reduce((sum, count) => sum + count, 0)
  let evidence = logGamma(concentration) - logGamma(concentration + n)
  for (const [k, count] of users.entries()) {
    const share = shares[k]! / total
    if (share === 0) {
      if (count > 0) return 0
      continue
    }
    const prior = concentration * share
    evidence += logGamma(prior + count) - logGamma(prior) - count * Math.log(share)
  }
  return Math.min(1, Math.exp(-evidence))
}

/** Users' worth of belief in the shares; more finds small mismatches of many users, fewer large ones early. */
const concentration = 1000

/** ln Γ(x) for x > 0, to about 1e-10: Stirling's series, after x was raised above 8. */
function logGamma(x: number): number {
  let below = 0
  while (x < 8) below += Math.log(x++)
  const series = 1 / (12 * x) - 1 / (360 * x ** 3) + 1 / (1260 * x ** 5) - 1 / (1680 * x ** 7)
  return (x - 0.5) * Math.log(x) - x + Math.log(2 * Math.PI) / 2 + series - below
}
