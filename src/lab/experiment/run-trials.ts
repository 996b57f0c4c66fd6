import type { Running, Trial, TrialHead, TrialResult } from './experiment.ts'
import { trialIdentity } from './identity.ts'
import type { FinishedTrial, TrialStore } from './trial-store.ts'

/** Runs one trial, wherever. */
export type Executor<T extends TrialHead = TrialHead> = (
  trial: T,
  progress: Running['progress'],
  signal: AbortSignal,
) => Promise<{ result: TrialResult; seconds: number }>

export interface RunOptions<T extends TrialHead = TrialHead> {
  experiment: string
  trials: readonly T[]
  store: TrialStore
  /** What all results depend on, of `runIdentity`. */
  identity: string
  program: string
  execute: Executor<T>
  /** How many trials are under way at once. */
  jobs: number
  /** Aborted, the run rejects with its reason; what is finished stays. */
  signal: AbortSignal
  onProgress?: (progress: RunProgress) => void
}

/** How far a run has come; trials under way count by their share. */
export interface RunProgress {
  done: number
  total: number
  /** Of the trial that spoke last. */
  trial: string
  words: string
  /** It has just been finished, or found finished. */
  finished?: FinishedTrial
  /** It was finished in an earlier run. */
  found?: boolean
}

/**
 * Run the trials that are not finished yet, and return all of them in their order.
 *
 *     await runTrials({ ...options, execute: inThisProcess(context), jobs: 1 })
 *
 * Each result is in the store before the next trial begins, so a run that was stopped in any way goes on with the next.
 */
export async function runTrials<T extends TrialHead>(options: RunOptions<T>): Promise<FinishedTrial[]> {
  const { trials, store, signal, onProgress = () => {} } = options
  const shares = new Array<number>(trials.length).fill(0)
  const report = (at: number, rest: { words: string; finished?: FinishedTrial; found?: boolean }) => {
    const done = shares.reduce((sum, share) => sum + share, 0)
    onProgress({ done, total: trials.length, trial: trials[at]!.name, ...rest })
  }
  const identities = trials.map(trial => trialIdentity(options.identity, options.experiment, trial))
  const finished = trials.map((trial, at) => store.read(trial, identities[at]!))
  for (const [at, found] of finished.entries()) {
    if (found === null) continue
    shares[at] = 1
    report(at, { words: 'found', finished: found, found: true })
  }

  const waiting = [...finished.keys()].filter(at => finished[at] === null)
  const work = async () => {
    for (let at = waiting.shift(); at !== undefined; at = waiting.shift()) {
      signal.throwIfAborted()
      const place = at
      const trial = trials[place]!
      const progress = (share: number, words = '') => {
        shares[place] = Math.min(1, Math.max(0, share))
        report(place, { words })
      }
      progress(0)
      const { result, seconds } = await options.execute(trial, progress, signal)
      const { name, policy, seed } = trial
      const { program } = options
      const entry: FinishedTrial = { name, policy, seed, identity: identities[place]!, program, seconds, result }
      store.write(entry)
      finished[place] = entry
      shares[place] = 1
      report(place, { words: 'finished', finished: entry })
    }
  }
  const workers = Array.from({ length: Math.max(1, options.jobs) }, () =>
    work().catch(error => {
      waiting.length = 0 // the others finish the trial at hand, and it counts
      throw error
    }),
  )
  for (const ended of await Promise.allSettled(workers)) if (ended.status === 'rejected') throw ended.reason
  return finished as FinishedTrial[]
}

/** Runs trials here, one at a time, with what they share. */
export function inThisProcess<Shared extends object>(
  shared: Shared & Pick<Running, 'clock'>,
): Executor<Trial<Shared & Running>> {
  return async (trial, progress, signal) => {
    const started = shared.clock()
    const result = await trial.run({ ...shared, progress, signal })
    return { result, seconds: (shared.clock() - started) / 1000 }
  }
}
