import type { ErrorCode } from '../../errors.ts'
import type { TrialHead, TrialResult } from './experiment.ts'
import type { Executor } from './run-trials.ts'

/**
 * Where a process finds the trials of a run: a module that exports `openTrials`, and what that is called with.
 *
 *     { module: new URL('./open-run.js', import.meta.url).href, setup }
 */
export interface TrialsFrom {
  /** Its URL as built. */
  module: string
  /** Plain values; the same in every process of a run. */
  setup: unknown
}

/** Opens the trials of a set-up in the process that runs them: what they share is read once. */
export type OpenTrials<Setup> = (setup: Setup) => Promise<OpenedTrials>

export interface OpenedTrials<T extends TrialHead = TrialHead> {
  trials: readonly T[]
  execute: Executor<T>
}

export type ToTrialProcess = { type: 'begin'; from: TrialsFrom } | { type: 'trial'; name: string }

export type FromTrialProcess =
  | { type: 'progress'; share: number; words: string }
  | { type: 'finished'; result: TrialResult; seconds: number }
  | { type: 'failed'; code: ErrorCode; message: string; stack: string | null }
