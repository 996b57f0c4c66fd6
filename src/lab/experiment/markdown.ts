import { metricOf, shown } from './metrics.ts'
import { columnsOf, type Summary } from './summarise.ts'

/** At most this many points of a curve are a table that people read. */
const readable = 15

/**
 * A summary as Markdown: one row a policy, the best first, then curves with few points as tables, then the notes.
 *
 *     | Policy | RMSE | MAE |
 *     |---|---|---|
 *     | bias | 0.9495 ± 0.0002 (0.9401–0.9590) | … |
 */
export function markdown(summary: Summary): string {
  const { scores, notes, curves, seeds } = summary
  const names = columnsOf(summary)
  const [judged] = names
  const compared = Object.values(summary.difference).some(byMetric => judged !== undefined && judged in byMetric)
  const rows = Object.keys(scores).map(policy => [
    policy,
    ...names.map(name => cell(summary, policy, name)),
    ...(compared ? [behind(summary, policy, judged!)] : []),
  ])
  const short = Object.entries(curves).filter(([, byPolicy]) =>
    Object.values(byPolicy).every(({ x }) => x.length <= readable),
  )
  return [
    markdownTable(
      [
        'Policy',
        ...names.map(name => metricOf(name).title),
        ...(compared ? [`${metricOf(judged!).title} − the best's`] : []),
      ],
      rows,
    ),
    explained(summary, seeds),
    ...short.map(([name, byPolicy]) => `**${name}**\n\n${curveTable(byPolicy)}`),
    ...(notes.length === 0 ? [] : [notes.map(note => `- ${note}`).join('\n')]),
  ].join('\n\n')
}

function cell({ scores, deviation, interval }: Summary, policy: string, name: string): string {
  const value = scores[policy]?.[name]
  if (value === undefined) return ''
  const spread = deviation[policy]?.[name]
  const range = interval[policy]?.[name]
  const parts = [
    shown(name, value),
    ...(spread === undefined ? [] : [`± ${shown(name, spread)}`]),
    ...(range === undefined ? [] : [`(${range.map(each => shown(name, each)).join('–')})`]),
  ]
  return parts.join(' ')
}

/** By how much a policy is above the best, as an interval. */
function behind({ difference }: Summary, policy: string, name: string): string {
  const range = difference[policy]?.[name]
  if (range === undefined) return ''
  return range.map(value => `${value < 0 ? '−' : '+'}${shown(name, Math.abs(value))}`).join(' … ')
}

function explained({ deviation, interval, difference }: Summary, seeds: readonly number[]): string {
  const sentences = [
    ...(Object.keys(deviation).length > 0 ? [`± is the standard deviation over the seeds ${seeds.join(', ')}.`] : []),
    ...(Object.keys(interval).length > 0
      ? [
          `In brackets: 95% interval, bootstrap over users${Object.keys(difference).length > 0 ? '; the last column is that of the difference on the same users' : ''}.`,
        ]
      : []),
  ]
  return sentences.join(' ')
}

function curveTable(byPolicy: Summary['curves'][string]): string {
  const [first] = Object.values(byPolicy)
  if (first === undefined) return ''
  const rows = Object.entries(byPolicy).map(([policy, { y }]) => [
    policy,
    ...y.map(value => (Number.isFinite(value) ? value.toFixed(4) : '')),
  ])
  return markdownTable([`${first.yLabel} by ${first.xLabel}`, ...first.x.map(String)], rows)
}

/** Rows under headings as Markdown. */
export function markdownTable(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(text => text.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(headings), `|${headings.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n')
}
