import type { ServedScore } from '../../records/model-version.ts'
import type { ArmScores } from '../../records/served-scores.ts'
import { count } from '../../records/words.ts'
import { table } from '../print/table.ts'

/** How good the published lists were, by arm: all of them, and lately. */
export function servedText(served: Readonly<Record<string, ArmScores>>): string {
  const arms = Object.entries(served).filter(([, { events }]) => events > 0)
  if (arms.length === 0) return '  Nobody has had a list and then done what lists are for.'
  const rows = arms.flatMap(([arm, scores]) => {
    const several = arms.length > 1
    return [
      [several ? arm : 'so far', ...cells(scores)],
      ...(scores.recent.events === 0 || scores.recent.events === scores.events
        ? []
        : [[several ? `${arm}, last day` : 'last day', ...cells(scores.recent)]]),
    ]
  })
  return [
    table(['lists', ...columns.map(([, heading]) => heading), 'items shown', 'events'], rows, {
      right: columns.map((_, at) => at + 1).concat(columns.length + 1, columns.length + 2),
      indent: 2,
    }),
    '  HR@10: the share of those events whose item was among the first ten of the list that its user had then.',
  ].join('\n')
}

/**
 * All arms' lists in a few words for a line of progress, lately where something is known of that.
 *
 *     'lists HR@10 0.142'
 */
export function servedLine(served: readonly ServedScore[]): string {
  const recent = served.filter(({ span, events }) => span === 'recent' && events > 0)
  const of = recent.length > 0 ? recent : served.filter(({ span }) => span === 'all')
  const events = of.reduce((sum, score) => sum + score.events, 0)
  if (events === 0) return ''
  const hits = of.reduce((sum, score) => sum + score.events * score.hr10, 0)
  return `lists HR@10 ${(hits / events).toFixed(3)}`
}

const columns = [
  ['hr5', 'HR@5'],
  ['hr10', 'HR@10'],
  ['hr20', 'HR@20'],
  ['ndcg10', 'NDCG@10'],
  ['mrr20', 'MRR@20'],
] as const

function cells(scores: ArmScores['recent']): string[] {
  const share = `${(100 * scores.coverage).toFixed(1)}%`
  return [...columns.map(([metric]) => scores[metric].toFixed(4)), share, count(scores.events)]
}
