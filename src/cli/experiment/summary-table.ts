import { metricOf, shown } from '../../lab/experiment/metrics.ts'
import { columnsOf, type Summary } from '../../lab/experiment/summarise.ts'
import { table } from '../print/table.ts'

/** Means over seeds with their deviation, the best policy first, and the notes below. */
export function summaryTable(summary: Summary): string {
  const { scores, deviation, notes } = summary
  const names = columnsOf(summary)
  const cell = (policy: string, name: string): string => {
    const value = scores[policy]?.[name]
    const spread = deviation[policy]?.[name]
    if (value === undefined) return ''
    return spread === undefined ? shown(name, value) : `${shown(name, value)} ± ${shown(name, spread)}`
  }
  const rows = Object.keys(scores).map(policy => [policy, ...names.map(name => cell(policy, name))])
  const headings = ['policy', ...names.map(name => metricOf(name).title)]
  const drawn = table(headings, rows, { right: names.map((_, at) => at + 1), indent: 2 })
  return [drawn, ...notes.map(note => `  ${note}`)].join('\n')
}
