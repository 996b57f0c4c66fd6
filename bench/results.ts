import { resultsFolder, writeBetweenMarks } from '../src/lab/experiment/results-page.ts'

export interface Row {
  what: string
  value: number
  unit: 'events/s' | 'per second' | 'ms' | 'µs' | 'MiB' | 'ratio' | 'reward' | 'rows'
  /** Standard error of a reward. */
  error?: number
}

export function table(rows: readonly Row[]): string {
  return ['| What | Measured |', '|---|---|', ...rows.map(row => `| ${row.what} | ${shown(row)} |`)].join('\n')
}

/** Put a table between the marks of that name on a page of docs/results. */
export function writeTable(name: string, rows: readonly Row[]): void {
  writeBetweenMarks(resultsFolder(), name, table(rows))
}

function shown({ value, unit, error }: Row): string {
  if (unit === 'events/s') return `${Math.round(value).toLocaleString('en')} events/s`
  if (unit === 'per second') return Math.round(value).toLocaleString('en')
  if (unit === 'reward') return error === undefined ? value.toFixed(4) : `${value.toFixed(4)} ± ${error.toFixed(4)}`
  if (unit === 'rows') return `${Math.round(value).toLocaleString('en')} rows`
  if (unit === 'ratio') return value.toFixed(2)
  return `${value.toFixed(value < 10 ? 1 : 0)} ${unit}`
}
