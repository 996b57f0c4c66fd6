import { markdownTable } from '../experiment/markdown.ts'
import { metricOf, shown } from '../experiment/metrics.ts'
import type { OptionValue } from './space.ts'
import type { Tuned } from './tuned.ts'

/** Headings and rows of all trials: name, share, what it scored, seconds, and the value of every option that is searched. */
export function tuningRows({ trials, space, metric }: Tuned): { headings: string[]; rows: string[][] } {
  const names = space.map(({ name }) => name)
  return {
    headings: ['trial', 'learned from', `${metricOf(metric).title} (validation)`, 'seconds', ...names],
    rows: trials.map(({ name, share, score, seconds, options }) => [
      ...[name, share === 1 ? 'all' : `${(100 * share).toFixed(0)}%`, shown(metric, score), seconds.toFixed(1)],
      ...names.map(each => (options[each] === undefined ? '' : valueText(options[each]))),
    ]),
  }
}

/** What the best options and the defaults came to on what was held back: a row each. */
export function testRows({ metric, best, defaults }: Tuned): { headings: string[]; rows: string[][] } {
  const others = Object.keys(best.test).filter(name => name !== metric)
  const row = (name: string, validation: number | null, test: Record<string, number>) => [
    ...[name, validation === null ? '' : shown(metric, validation), shown(metric, test[metric]!)],
    ...others.map(each => shown(each, test[each]!)),
  ]
  const same = best.name === 'defaults'
  return {
    headings: [
      'options',
      `${metricOf(metric).title} (validation)`,
      'test',
      ...others.map(each => metricOf(each).title),
    ],
    rows: [
      row(same ? 'defaults, the best' : `best (${best.name})`, best.validation, best.test),
      ...(same ? [] : [row('defaults', defaults.validation, defaults.test)]),
    ],
  }
}

/**
 * A search as Markdown: the test, the best options as they are given, then every trial.
 *
 *     | options | NDCG@10 (validation) | test | …
 */
export function tuningMarkdown(tuned: Tuned): string {
  const [test, all] = [testRows(tuned), tuningRows(tuned)]
  return [
    `**${tuned.agent}** on ${tuned.problem}: ${tuned.strategy} search, seed ${tuned.seed}`,
    markdownTable(test.headings, test.rows),
    `Best options: \`${optionsText(tuned.best.options)}\``,
    markdownTable(all.headings, all.rows),
    ...(tuned.notes.length === 0 ? [] : [tuned.notes.map(note => `- ${note}`).join('\n')]),
  ].join('\n\n')
}

/**
 * Options as an arm of a pipeline takes them.
 *
 *     optionsText({ gamma: 0.9, 'epsilon.to': 0.05 })   // { gamma: 0.9, 'epsilon.to': 0.05 }
 */
export function optionsText(options: Readonly<Record<string, OptionValue>>): string {
  const parts = Object.entries(options).map(([name, value]) => {
    const key = /^\w+$/.test(name) ? name : `'${name}'`
    return `${key}: ${typeof value === 'string' ? `'${value}'` : value}`
  })
  return parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`
}

function valueText(value: OptionValue): string {
  return typeof value === 'number' ? value.toLocaleString('en', { maximumSignificantDigits: 4 }) : String(value)
}
