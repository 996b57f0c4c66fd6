import type { PipelineDefinition } from '../../records/definition.ts'
import type { Ratings } from './ratings.ts'

/**
 * One experiment: a list of trials that do not depend on each other, so that a run can stop after any of them and go on.
 *
 *     const leaveOneOut: Experiment = {
 *       name: 'leave-one-out',
 *       summary: 'rank every item for each user’s last event',
 *       pipeline: 'movielens',
 *       trials: ({ seeds }) => [{ name: 'popularity', policy: 'popularity', run: async ({ ratings }) => ... }],
 *     }
 */
export interface Experiment {
  readonly name: string
  /** One line for `--help` and for the head of the table. */
  readonly summary: string
  /** The pipeline whose source is read when none is named; its `--source` folder must be given where it has none of its own. */
  readonly pipeline: string
  /** Metrics that a table shows, of all that results have, the one to sort by first; default: all, in the usual order. */
  readonly columns?: readonly string[]
  readonly trials: (options: TrialOptions) => Trial[]
}

export interface TrialOptions {
  definition: PipelineDefinition
  seeds: readonly number[]
  /** Of `shards`: how many learners, and how many events lie between two exchanges; Infinity: they never do. */
  learners?: readonly number[]
  exchange?: readonly number[]
}

/** What distinguishes one trial of a run from another. Its name is unique in the run and names its file. */
export interface TrialHead {
  readonly name: string
  readonly policy: string
  /** Null where nothing is random. */
  readonly seed: number | null
}

/** One policy, one seed; `Context` is what the trials of a run share. */
export interface Trial<Context = TrialContext> extends TrialHead {
  /** Further policies that the same pass scores; their results come as `TrialResult.alongside`. */
  readonly alongside?: readonly string[]
  readonly run: (context: Context) => Promise<TrialResult>
}

export interface TrialContext extends Running {
  definition: PipelineDefinition
  /** All events of the source, in order of time, ids as dense slots; read once and shared. */
  ratings: Ratings
}

/** What every trial is given while it runs. */
export interface Running {
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
  /**
   * Per user sums, from which the bootstrap over users draws: metric → one sum per user, and how many events each has.
   * A metric is its sum over events; `rmse` and `rmse01` are sums of squares, whose mean's root is taken. AUC comes of
   * four: `aucPositives` and `aucNegatives` (how many), `aucAbove` and `aucBelow` (sums over the positives of the share of
   * negatives below each, and over the negatives of the share of positives above each; ties half).
   */
  perUser?: { events: number[]; sums: Record<string, number[]> }
  /** Curves to plot: name → points. */
  curves?: Record<string, Curve>
  /** Anything worth a line under the table. */
  notes?: string[]
  /** Results of further policies that the same pass scored, by policy. */
  alongside?: Record<string, TrialResult>
}

export interface Curve {
  x: number[]
  y: number[]
  xLabel: string
  yLabel: string
  /** Steps of x that are alike in the plot; default linear. */
  xScale?: 'linear' | 'log'
}
