import type { RunError } from '../ingest/all-rejected.ts'
import type { PipelineDefinition } from '../records/definition.ts'
import type { Score, ServedScore } from '../records/model-version.ts'
import { type ArmScores, armScores } from '../records/served-scores.ts'
import type { IngestTotals } from './messages.ts'

/** What a run came to; the last line of `start --until-idle --json`. */
export interface RunSummary {
  pipeline: string
  log: 'embedded' | 'kafka'
  /** Over all runs on this data folder. */
  eventsIn: number
  eventsKept: number
  rejected: Record<string, number>
  /** Events of this run that the definition's decode passed over; absent where there were none. */
  passedOver?: number
  /** Only where more than a tenth of the events found no item or no profile: that, in words. */
  unjoined?: string
  sequences: number
  recommendations: number
  modelVersion: number
  weightsSha256: string
  champion: string
  backend: string
  scores: Record<string, Record<string, number>>
  /** How good the published lists were, by arm. */
  served: Record<string, ArmScores>
  /** Of this run; null when it made none. */
  secondsToFirstRecommendation: number | null
  eventsPerSecond: number
  /** Sum over the processes of the most that each held, MiB. */
  peakRssMb: number
  /** Only where every event of this run was rejected; the exit code then is 1. */
  error?: RunError
}

/** Put the last words of the processes together. */
export function summaryOf(parts: {
  definition: PipelineDefinition
  log: 'embedded' | 'kafka'
  learned: {
    modelVersion: number
    weightsSha256: string
    sequences: number
    champion: string
    backend: string
    scores: Score[]
    served: ServedScore[]
  }
  totals: IngestTotals
  passedOver: number
  error: RunError | null
  firstRecommendationMs: number | null
  eventsRead: number
  elapsedMs: number
  peakRssMb: number
}): RunSummary {
  const {
    definition,
    log,
    learned,
    totals,
    passedOver,
    error,
    firstRecommendationMs,
    eventsRead,
    elapsedMs,
    peakRssMb,
  } = parts
  const rejected = Object.values(totals.rejected).reduce((sum, count) => sum + count, 0)
  return {
    pipeline: definition.name,
    log,
    eventsIn: totals.eventsKept + rejected,
    eventsKept: totals.eventsKept,
    rejected: totals.rejected,
    ...(passedOver === 0 ? {} : { passedOver }),
    ...(totals.unjoined === null ? {} : { unjoined: totals.unjoined }),
    sequences: learned.sequences,
    recommendations: totals.recommendations,
    modelVersion: learned.modelVersion,
    weightsSha256: learned.weightsSha256,
    champion: learned.champion,
    backend: learned.backend,
    scores: scoresByPolicy(learned.scores),
    served: armScores(learned.served, value => round(value, 5)),
    secondsToFirstRecommendation: firstRecommendationMs === null ? null : round(firstRecommendationMs / 1000, 2),
    eventsPerSecond: eventsRead === 0 ? 0 : Math.round(eventsRead / (elapsedMs / 1000)),
    peakRssMb: Math.round(peakRssMb),
    ...(error === null ? {} : { error }),
  }
}

function scoresByPolicy(scores: readonly Score[]): Record<string, Record<string, number>> {
  const byPolicy: Record<string, Record<string, number>> = {}
  for (const { policy, metric, value } of scores) {
    byPolicy[policy] ??= {}
    byPolicy[policy][metric] = round(value, 5)
  }
  return byPolicy
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits))
}
