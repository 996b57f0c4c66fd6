/** Mean and standard deviation of numbers; the deviation is a little above 0 where all are alike, to divide by. */
export function spreadOf(values: Float64Array): { mean: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return { mean, deviation: Math.sqrt(squares / values.length) + 1e-9 }
}

/** Mean 0, deviation 1, then clipped to ±most. */
export function standardised(values: Float64Array, most = Number.POSITIVE_INFINITY): Float64Array {
  const { mean, deviation } = spreadOf(values)
  return values.map(value => Math.min(most, Math.max(-most, (value - mean) / deviation)))
}
