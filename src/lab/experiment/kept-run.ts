import { join, resolve } from 'node:path'
import type { TrialHead } from './experiment.ts'
import { programSha256 } from './identity.ts'
import { markdown } from './markdown.ts'
import { plotsOf } from './plots.ts'
import { type Executor, type RunProgress, runTrials } from './run-trials.ts'
import type { Summary } from './summarise.ts'
import type { TrialsFrom } from './trial-messages.ts'
import { trialProcesses } from './trial-processes.ts'
import { type FinishedTrial, openTrialStore } from './trial-store.ts'
import { type WrittenPlots, writeOutput } from './write-output.ts'

/** How a run of trials is carried out, whatever the trials are. */
export interface KeptRun {
  /** Where the folder of the run lies, under a name of its own. */
  folders: string
  /** The folder itself, if it is to be another. */
  output?: string
  /** Trials at once, each in a process; 0 runs them in this one. */
  jobs: number
  /** Forget what is finished. */
  fresh: boolean
  signal: AbortSignal
  onBegin?: (trials: number, folder: string) => void
  onProgress?: (progress: RunProgress) => void
}

/** What lies in a run's folder. */
export interface KeptOutput extends WrittenPlots {
  summary: Summary
  /** The summary as Markdown, without heading. */
  table: string
  /** Where everything lies: `trials/`, `summary.json`, `table.md`, the plots. */
  folder: string
  /** Trials that were finished earlier by another build of the program. */
  older: FinishedTrial[]
}

/** The trials of a run and what they depend on. */
export interface KeptTrials<T extends TrialHead> {
  /** The folder's name where none is given; characters that are not for names become hyphens. */
  folderName: string
  experiment: string
  trials: readonly T[]
  /** What all results depend on. */
  identity: string
  /** Where a process finds the trials. */
  from: TrialsFrom
  /** Runs them in this process. */
  here: Executor<T>
  summarise: (finished: readonly FinishedTrial[]) => Summary
}

/** Run trials, or the rest of those that were stopped, and write into the run's folder what they came to. */
export async function keepRun<T extends TrialHead>(run: KeptRun, kept: KeptTrials<T>): Promise<KeptOutput> {
  const { experiment, trials, identity } = kept
  const folder = resolve(run.output ?? join(run.folders, kept.folderName.replaceAll(/[^A-Za-z0-9.]+/g, '-')))
  const store = openTrialStore(folder)
  if (run.fresh) store.clear()
  run.onBegin?.(trials.length, folder)
  const program = programSha256()
  const processes = trialProcesses(kept.from)
  const finished = await runTrials<T>({
    ...{ experiment, trials, store, identity, program, signal: run.signal, jobs: run.jobs },
    execute: run.jobs === 0 ? kept.here : processes.execute,
    ...(run.onProgress === undefined ? {} : { onProgress: run.onProgress }),
  }).finally(processes.close)
  const summary = kept.summarise(finished)
  const table = markdown(summary)
  const written = await writeOutput(folder, { summary, table, plots: plotsOf(summary) })
  return { summary, table, folder, ...written, older: finished.filter(trial => trial.program !== program) }
}
