/**
 * SQL for the milliseconds since 1970 of a column of times, NULL of none.
 *
 *     milliseconds('e.time')   // 'epoch_ms(e.time::TIMESTAMP)'
 *
 * The cast is for DuckDB 2.0, which has no epoch_ms of a TIMESTAMP_MS.
 */
export function milliseconds(time: string): string {
  return `epoch_ms(${time}::TIMESTAMP)`
}
