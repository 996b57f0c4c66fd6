const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })

/** '12,345' */
export function count(value: unknown): string {
  return value === null || value === undefined ? '–' : whole.format(Number(value))
}

/** '0.1234' */
export function decimal(value: unknown, digits = 4): string {
  return value === null || value === undefined || !Number.isFinite(Number(value)) ? '–' : Number(value).toFixed(digits)
}

/** '12.3%' */
export function percent(share: number | null): string {
  return share === null || !Number.isFinite(share) ? '–' : `${(100 * share).toFixed(1)}%`
}

/** A moment as tables have it, or in ms, as '2026-01-31 09:00:00 UTC'. */
export function moment(value: unknown): string {
  if (value === null || value === undefined) return '–'
  const date = new Date(typeof value === 'number' ? value : String(value))
  return Number.isNaN(date.getTime()) ? String(value) : `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

/** Any value of a table as a text. */
export function shown(value: unknown): string {
  if (value === null || value === undefined) return '–'
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
