/** Normal quantile of a 95% interval. */
const z = 1.96

/**
 * Between what a share lies that was seen in so many cases, 95% (Wilson 1927).
 *
 *     shareInterval(0.5, 100)   // [0.404, 0.596]
 */
export function shareInterval(share: number, cases: number): [low: number, high: number] {
  if (!(cases > 0)) return [0, 1]
  const middle = (share + z ** 2 / (2 * cases)) / (1 + z ** 2 / cases)
  const half = (z * Math.sqrt((share * (1 - share)) / cases + z ** 2 / (4 * cases ** 2))) / (1 + z ** 2 / cases)
  return [Math.max(0, middle - half), Math.min(1, middle + half)]
}
