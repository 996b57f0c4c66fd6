/**
 * The chance that a random positive is predicted above a random negative, from histograms of both over the same bins.
 *
 *     areaUnderCurve([0, 1], [1, 0])   // 1
 *
 * A pair within one bin counts half; NaN when there are no positives or no negatives.
 */
export function areaUnderCurve(positives: ArrayLike<number>, negatives: ArrayLike<number>): number {
  let [below, pairs, total] = [0, 0, 0]
  for (let bin = 0; bin < positives.length; bin++) {
    const [p, n] = [positives[bin]!, negatives[bin]!]
    pairs += p * (below + n / 2)
    below += n
    total += p
  }
  return pairs / (total * below)
}
