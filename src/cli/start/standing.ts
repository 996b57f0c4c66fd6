import type { Scale } from '../../records/definition.ts'
import type { Score } from '../../records/model-version.ts'

/** The metric that a pipeline is judged by first, how it is called, and which way is better. */
export interface Yardstick {
  metric: 'rmse' | 'auc'
  name: string
  higherIsBetter: boolean
}

export function yardstickOf(scale: Scale): Yardstick {
  return scale.kind === 'rating'
    ? { metric: 'rmse', name: 'RMSE', higherIsBetter: false }
    : { metric: 'auc', name: 'AUC', higherIsBetter: true }
}

export interface Standing {
  policy: string
  value: number
}

/** Policies by the yardstick, best first. */
export function standings(scores: readonly Score[], { metric, higherIsBetter }: Yardstick): Standing[] {
  return scores
    .filter(score => score.metric === metric && Number.isFinite(score.value))
    .map(({ policy, value }) => ({ policy, value }))
    .sort((a, b) => (higherIsBetter ? b.value - a.value : a.value - b.value))
}

/**
 * The served policy beside the best of the others, on one line.
 *
 *     'AUC 0.701 (mf), best other 0.688 (bias)'
 */
export function standingLine(scores: readonly Score[], champion: string, yardstick: Yardstick): string {
  const ranked = standings(scores, yardstick)
  const served = ranked.find(({ policy }) => policy === champion)
  const other = ranked.find(({ policy }) => policy !== champion)
  if (served === undefined) return ''
  const beside = other === undefined ? '' : `, best other ${other.value.toFixed(3)} (${other.policy})`
  return `${yardstick.name} ${served.value.toFixed(3)} (${served.policy})${beside}`
}
