import type { Scale } from '../../records/definition.ts'
import { basePolicy, ownPolicy } from '../../records/policy-names.ts'
import type { RunSummary } from '../../run/run-summary.ts'
import { colours } from '../print/colours.ts'
import { table } from '../print/table.ts'
import { type Standing, standings, type Yardstick, yardstickOf } from './standing.ts'

const repeats = { aucRepeats: 'AUC, repeats', logLossRepeats: 'log loss, repeats' }
const names: Record<string, string> = { rmse: 'RMSE', mae: 'MAE', auc: 'AUC', logLoss: 'log loss', ...repeats }

/** Scores per policy, best first, the served one marked, and what the learner adds in plain words. */
export function scoresText({ scores, champion }: Pick<RunSummary, 'scores' | 'champion'>, scale: Scale): string {
  const yardstick = yardstickOf(scale)
  const ranked = standings(
    Object.entries(scores).flatMap(([policy, values]) =>
      Object.entries(values).map(([metric, value]) => ({ policy, metric, value, events: 0 })),
    ),
    yardstick,
  )
  if (ranked.length === 0) {
    return Object.keys(scores).length === 0
      ? '  No event has been predicted yet.'
      : '  What is new to users was picked always, or never: there is nothing that predictions could tell apart.'
  }
  const metrics = [...new Set(Object.values(scores).flatMap(values => Object.keys(values)))].filter(
    metric => !metric.startsWith('added'),
  )
  const { bold } = colours()
  const rows = ranked.map(({ policy }) => {
    const cells = [policy, ...metrics.map(metric => scores[policy]?.[metric]?.toFixed(4) ?? '–')]
    return policy === champion ? [...cells.map(cell => bold(cell)), 'makes the lists'] : [...cells, '']
  })
  const headings = ['policy', ...metrics.map(metric => names[metric] ?? metric), '']
  const right = metrics.map((_, at) => at + 1)
  const better = yardstick.higherIsBetter ? 'Higher is better' : 'Lower is better'
  const others = metrics.includes('logLoss') ? ' for AUC, lower for log loss' : ''
  return [
    table(headings, rows, { right, indent: 2 }),
    `  ${better}${others}. ${whatIsAdded(ranked, yardstick)}`,
    ...addedText(scores[ownPolicy], scale, yardstick),
  ].join('\n')
}

/** What ddpg-la-residual adds to the policy that it corrects, with its interval by users; nothing where that is not known. */
function addedText(own: Readonly<Record<string, number>> | undefined, { kind }: Scale, { name }: Yardstick): string[] {
  const [lead, low, high] = [own?.['added'], own?.['addedLow'], own?.['addedHigh']]
  if (lead === undefined || low === undefined || high === undefined) return []
  const verdict = low > 0 ? 'adds' : high < 0 ? 'takes away' : 'adds nothing beyond chance:'
  const far = (high < 0 ? -lead : lead).toFixed(4)
  const between = `${low.toFixed(4)} to ${high.toFixed(4)}, 95% by users`
  return [`  To the policy that it corrects (${basePolicy(kind)}) it ${verdict} ${far} of ${name} (${between}).`]
}

/**
 * How far ddpg-la-residual is ahead of the best baseline, or behind it, as a sentence.
 *
 *     'ddpg-la-residual is better than the best baseline (ensemble) by 0.0120 of RMSE (1.3%).'
 */
export function whatIsAdded(ranked: readonly Standing[], { name, higherIsBetter }: Yardstick): string {
  const own = ranked.find(({ policy }) => policy === ownPolicy)
  const best = ranked.find(({ policy }) => policy !== ownPolicy)
  if (own === undefined) return `${ownPolicy} has no score yet.`
  if (best === undefined) return `There is no baseline to compare ${ownPolicy} with.`
  const lead = higherIsBetter ? own.value - best.value : best.value - own.value
  const share = `${Math.abs((lead / best.value) * 100).toFixed(1)}%`
  const far = `${Math.abs(lead).toFixed(4)} of ${name} (${share})`
  if (lead > 0) return `${ownPolicy} is better than the best baseline (${best.policy}) by ${far}.`
  if (lead === 0) return `${ownPolicy} adds nothing over the best baseline (${best.policy}).`
  return `${ownPolicy} adds nothing yet: it is behind the best baseline (${best.policy}) by ${far}.`
}
