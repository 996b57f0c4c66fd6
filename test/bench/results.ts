import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../../src/pipeline/package-root.ts'

export interface Row {
  what: string
  value: number
  unit: 'events/s' | 'per second' | 'ms' | 'MiB' | 'ratio'
}

export function table(rows: readonly Row[]): string {
  return ['| What | Measured |', '|---|---|', ...rows.map(row => `| ${row.what} | ${shown(row)} |`)].join('\n')
}

/** Put a table into docs/results.md between the marks of that name. */
export function writeTable(name: string, rows: readonly Row[]): void {
  const file = join(packageRoot(), 'docs', 'results.md')
  const marks = new RegExp(`(<!-- ${name} -->\\n)[\\s\\S]*?(<!-- /${name} -->)`)
  const text = readFileSync(file, 'utf8')
  if (!marks.test(text)) throw new Error(`docs/results.md has no place for "${name}".`)
  writeFileSync(file, text.replace(marks, `$1\n${table(rows)}\n\n$2`))
}

function shown({ value, unit }: Row): string {
  if (unit === 'events/s') return `${Math.round(value).toLocaleString('en')} events/s`
  if (unit === 'per second') return Math.round(value).toLocaleString('en')
  if (unit === 'ratio') return value.toFixed(2)
  return `${value.toFixed(value < 10 ? 1 : 0)} ${unit}`
}
