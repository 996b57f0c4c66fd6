/**
 * Row numbers in the order of (time, row).
 *
 *     timeOrder(Float64Array.of(30, 10, 10))   // 1 2 0
 */
export function timeOrder(times: Float64Array): Uint32Array {
  const rows = Uint32Array.from(times, (_, row) => row)
  for (let row = 1; row < times.length; row++) {
    if (times[row]! < times[row - 1]!) return rows.sort((a, b) => times[a]! - times[b]! || a - b)
  }
  return rows
}
