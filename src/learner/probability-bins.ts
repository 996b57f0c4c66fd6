/** Bins of chances by their log-odds, so that rare ones are told apart, too. */
export const bins = 8192
/** Log-odds beyond this, one in nine million, are all alike. */
const farthest = 16

export function binOf(predicted: number): number {
  if (!(predicted > 0)) return 0
  if (predicted >= 1) return bins - 1
  const place = (Math.log(predicted / (1 - predicted)) / farthest + 1) / 2
  return Math.min(bins - 1, Math.max(0, Math.floor(place * bins)))
}
