/**
 * Entropy of shares in proportion to amounts, in nats.
 *
 *     entropy([1, 1])   // 0.693: e to it is 2
 */
export function entropy(amounts: Float64Array): number {
  const total = amounts.reduce((sum, amount) => sum + amount, 0)
  return -amounts.reduce((sum, amount) => (amount === 0 ? sum : sum + (amount / total) * Math.log(amount / total)), 0)
}
