/**
 * A whole number with commas.
 *
 *     count(41200)   // '41,200'
 */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en-GB')
}

/**
 * A number with its noun.
 *
 *     plural(1, 'record')   // '1 record'
 *     plural(3, 'query', 'queries')
 */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${Math.round(value) === 1 ? one : many}`
}

/**
 * A size for people, in binary units.
 *
 *     bytes(3_500_000)   // '3.3 MiB'
 */
export function bytes(value: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB']
  let unit = 0
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024
    unit++
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`
}
