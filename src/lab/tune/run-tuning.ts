import { join, resolve } from 'node:path'
import type { RecstreamError } from '../../errors.ts'
import { programSha256 } from '../experiment/identity.ts'
import { type RunOptions, type RunProgress, runTrials } from '../experiment/run-trials.ts'
import { trialProcesses } from '../experiment/trial-processes.ts'
import { type FinishedTrial, openTrialStore } from '../experiment/trial-store.ts'
import { writeOutput } from '../experiment/write-output.ts'
import { type OpenTuning, openTuning, type TuningSetup, type TuningTrial } from './open-tuning.ts'
import type { Candidate } from './search.ts'
import { type Scored, summariseTuning, type Tuned } from './tuned.ts'
import { tuningPlots } from './tuning-plots.ts'
import { tuningMarkdown } from './tuning-table.ts'

export interface TuningRun {
  setup: TuningSetup
  /** Where the folder of the search lies; default name: `<agent>-<problem>`. */
  folders: string
  /** The folder itself, if it is to be another. */
  output?: string
  /** Trials at once, each in a process. */
  jobs: number
  /** Forget what is finished. */
  fresh: boolean
  signal: AbortSignal
  onBegin?: (tuning: OpenTuning, folder: string) => void
  /** Much of a log is rejected, or a function of its pipeline fails. */
  onNotice?: (message: string) => void
  onProgress?: (progress: RunProgress) => void
}

export interface TuningOutput {
  tuned: Tuned
  folder: string
  /** Why there are no plots. */
  undrawn: RecstreamError | null
  /** Trials that were finished earlier by another build of the program. */
  older: FinishedTrial[]
}

/**
 * Search options of an agent, or go on with a search that was stopped, and write what it came to.
 *
 *     const { tuned, folder } = await runTuning({ setup, folders: '.recstream/tuning', jobs: 1, fresh: false, signal })
 */
export async function runTuning(run: TuningRun): Promise<TuningOutput> {
  const { setup, jobs, signal, onProgress = () => {} } = run
  const tuning = await openTuning(setup, run.onNotice)
  const slug = tuning.problem.name.replaceAll(/[^A-Za-z0-9.]+/g, '-')
  const folder = resolve(run.output ?? join(run.folders, `${setup.agent}-${slug}`))
  const store = openTrialStore(folder)
  if (run.fresh) store.clear()
  run.onBegin?.(tuning, folder)
  const program = programSha256()
  const processes = trialProcesses({ module: new URL('./open-tuning.js', import.meta.url).href, setup })
  const { execute } = processes
  const searching = search(setup, tuning, { store, program, jobs, signal, execute, onProgress })
  const { tuned, trials } = await searching.finally(processes.close)
  const { undrawn } = await writeOutput(folder, {
    summary: tuned,
    table: tuningMarkdown(tuned),
    plots: tuningPlots(tuned),
  })
  return { tuned, folder, undrawn, older: trials.filter(each => each.program !== program) }
}

type Runner = Omit<RunOptions<TuningTrial>, 'experiment' | 'trials' | 'identity'>

/** Go through the rounds of a search, then score the best options, and the defaults beside them, on what was held back. */
export async function search(
  setup: Pick<TuningSetup, 'agent' | 'strategy' | 'seed'>,
  tuning: OpenTuning,
  runner: Runner,
): Promise<{ tuned: Tuned; trials: FinishedTrial[] }> {
  const { problem, rungs, candidates, identity, trial } = tuning
  const total = rungs.reduce((sum, { count }) => sum + count, 0) + 2
  const trials: FinishedTrial[] = []
  const runAll = async (round: readonly TuningTrial[]): Promise<FinishedTrial[]> => {
    const before = trials.length
    const finished = await runTrials({
      ...{ ...runner, experiment: 'tune', identity, trials: round },
      onProgress: progress => runner.onProgress?.({ ...progress, done: before + progress.done, total }),
    })
    trials.push(...finished)
    return finished
  }
  const scored: Scored[] = []
  let left: readonly Candidate[] = candidates
  for (const { share, count } of rungs) {
    const round = left.slice(0, count)
    const results = await runAll(round.map(candidate => trial(candidate, share, 'validation')))
    const scores = results.map(({ result, seconds }, at): Scored => {
      return { ...round[at]!, share, score: result.metrics[problem.metric]!, metrics: result.metrics, seconds }
    })
    scored.push(...scores)
    // Of equals the one that came first.
    left = scores.toSorted((a, b) => b.score - a.score).map(({ name, options }) => ({ name, options }))
  }
  const defaults = candidates[0]!
  const winner = left[0]!.name === defaults.name ? defaults : left[0]!
  const last = await runAll([...new Set([winner, defaults])].map(candidate => trial(candidate, 1, 'test')))
  const tuned = summariseTuning(setup, tuning, scored, {
    winner: { ...winner, metrics: last[0]!.result.metrics },
    defaults: last.at(-1)!.result.metrics,
    notes: [...new Set(trials.flatMap(({ result }) => result.notes ?? []))],
  })
  return { tuned, trials }
}
