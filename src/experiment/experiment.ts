import type { PipelineDefinition } from '../pipeline/definition.ts'
import type { Ratings } from './ratings.ts'

/**
 * One experiment: a list of trials that do not depend on each other, so that a run can stop after any of them and go on.
 *
 *     const leaveOneOut: Experiment = {
 *       name: 'leave-one-out',
 *       summary: 'rank every item for each user’s last event',
 *       source: 'movielens',
 *       trials: ({ seeds }) => [{ name: 'popularity', policy: 'popularity', run: async ({ ratings }) => ... }],
 *     }
 */
export interface Experiment {
  readonly name: string
  /** One line for `--help` and for the head of the table. */
  readonly summary: string
  /** The pipeline whose source is read when none is named; its `--source` folder must be given where it has none of its own. */
  readonly pipeline: string
  readonly trials: (options: TrialOptions) => Trial[]
}

export interface TrialOptions {
  definition: PipelineDefinition
  seeds: readonly number[]
}

/** One policy, one seed. Its name is unique in the experiment and names its file. */
export interface Trial {
  readonly name: string
  readonly policy: string
  /** Null where nothing is random. */
  readonly seed: number | null
  readonly run: (context: TrialContext) => Promise<TrialResult>
}

export interface TrialContext {
  definition: PipelineDefinition
  /** All events of the source, in order of time, ids as dense slots; read once and shared. */
  ratings: Ratings
  /** Share done, 0 … 1, and what is going on in a few words; cheap to call. */
  progress: (share: number, words?: string) => void
  /** Set by Ctrl-C: give up soon, by throwing `signal.reason`. */
  signal: AbortSignal
  /** Milliseconds, for rates only. */
  clock: () => number
}

/** What one trial found; plain JSON. */
export interface TrialResult {
  /** rmse, mae (1–5 scale or the source's own), rmse01, mae01, aveReward, ndcg10, hr10, auc, logLoss, eventsPerSecond. */
  metrics: Record<string, number>
  /** Per user sums, from which the bootstrap over users draws: metric → one sum per user, and how many events each has. */
  perUser?: { events: number[]; sums: Record<string, number[]> }
  /** Curves to plot: name → points. */
  curves?: Record<string, { x: number[]; y: number[]; xLabel: string; yLabel: string }>
  /** Anything worth a line under the table. */
  notes?: string[]
}
