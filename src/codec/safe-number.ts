/** A whole number as a number; beyond 2^53, where one loses digits, as it is. */
export function numberIfSafe(value: bigint): number | bigint {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}
