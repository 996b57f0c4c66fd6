/** Event time between two records, ms, as a number between 0 and 1.5; NaN (no record before) is 1.5. */
export function gapFeature(ms: number): number {
  if (Number.isNaN(ms)) return 1.5
  return Math.min(1.5, Math.log1p(Math.max(0, ms) / 1000) / 12)
}
