import type { ErrorCode } from '../errors.ts'
import type { TrialResult } from './experiment.ts'

/** Which trials a run has and what they read; the same in every process of a run. */
export interface RunSetup {
  experiment: string
  /** Name or module of the pipeline. */
  pipeline: string
  settings: Readonly<Record<string, string>>
  /** What `--source` gave. */
  source?: string
  seeds: readonly number[]
}

export type ToTrialProcess = { type: 'begin'; setup: RunSetup } | { type: 'trial'; name: string }

export type FromTrialProcess =
  | { type: 'progress'; share: number; words: string }
  | { type: 'finished'; result: TrialResult; seconds: number }
  | { type: 'failed'; code: ErrorCode; message: string; stack: string | null }
