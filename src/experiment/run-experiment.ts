import { join, resolve } from 'node:path'
import { only, policiesIn, policiesOf } from './choose-policies.ts'
import { programSha256, runIdentity } from './identity.ts'
import { markdown } from './markdown.ts'
import { openRun, type RunSetup } from './open-run.ts'
import { inThisProcess, type RunProgress, runTrials } from './run-trials.ts'
import { type Summary, summarise } from './summarise.ts'
import { trialProcesses } from './trial-processes.ts'
import { type FinishedTrial, openTrialStore } from './trial-store.ts'
import { writeOutput } from './write-output.ts'

export interface ExperimentRun {
  setup: RunSetup
  /** Where the folder of the experiment lies; default name: `<experiment>-<source>`. */
  folders: string
  /** The folder itself, if it is to be another. */
  output?: string
  /** Only these policies, with commas between. */
  policies?: string
  /** Trials at once, each in a process; 0 runs them in this one. */
  jobs: number
  /** Forget what is finished. */
  fresh: boolean
  signal: AbortSignal
  onBegin?: (trials: number, folder: string) => void
  onProgress?: (progress: RunProgress) => void
}

export interface ExperimentOutput {
  summary: Summary
  /** The summary as Markdown, without heading. */
  table: string
  /** Where everything lies: `trials/`, `summary.json`, `table.md`, the plots. */
  folder: string
  /** File names of the plots. */
  plots: string[]
  /** The source's name as it stands in the folder's; the pipeline's before it, if another than usual reads it. */
  sourceSlug: string
  /** Trials that were finished earlier by another build of the program. */
  older: FinishedTrial[]
}

/**
 * Run an experiment, or the rest of one that was stopped, and write what it came to.
 *
 *     const { summary, folder } = await runExperiment({ setup, folders: '.recstream/experiments', jobs: 1, fresh: false, signal })
 */
export async function runExperiment(run: ExperimentRun): Promise<ExperimentOutput> {
  const { setup, signal } = run
  const opened = await openRun(setup)
  const { experiment, definition } = opened
  const known = policiesOf(opened.trials)
  const policies = run.policies === undefined ? known : policiesIn(run.policies, known)
  const trials = opened.trials.filter(trial => policiesOf([trial]).some(policy => policies.includes(policy)))
  const ratings = await opened.ratings()
  // Two pipelines may read one source, each with rewards of its own.
  const own = definition.name === experiment.pipeline || ratings.source.startsWith(`${definition.name}/`)
  const sourceName = own ? ratings.source : `${definition.name}/${ratings.source}`
  const sourceSlug = sourceName.replaceAll(/[^A-Za-z0-9.]+/g, '-')
  const folder = resolve(run.output ?? join(run.folders, `${experiment.name}-${sourceSlug}`))
  const store = openTrialStore(folder)
  if (run.fresh) store.clear()
  run.onBegin?.(trials.length, folder)
  const program = programSha256()
  const processes = trialProcesses({ module: new URL('./open-run.js', import.meta.url).href, setup })
  const finished = await runTrials({
    ...{ experiment: experiment.name, trials, store, program, signal },
    identity: runIdentity(definition, ratings),
    execute:
      run.jobs === 0 ? inThisProcess({ definition, ratings, clock: () => performance.now() }) : processes.execute,
    jobs: run.jobs,
    ...(run.onProgress === undefined ? {} : { onProgress: run.onProgress }),
  }).finally(processes.close)
  const asked = finished.map(trial => only(trial, policies)).filter(trial => trial !== null)
  const summary = summarise(experiment, ratings.source, setup.seeds, asked)
  const table = markdown(summary)
  const plots = await writeOutput(folder, summary, table)
  const older = finished.filter(trial => trial.program !== program)
  return { summary, table, folder, plots, sourceSlug, older }
}
