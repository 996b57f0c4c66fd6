import { only, policiesIn, policiesOf } from './choose-policies.ts'
import { runIdentity } from './identity.ts'
import { type KeptOutput, type KeptRun, keepRun } from './kept-run.ts'
import { openRun, type RunSetup } from './open-run.ts'
import { inThisProcess } from './run-trials.ts'
import { summarise } from './summarise.ts'

export interface ExperimentRun extends KeptRun {
  setup: RunSetup
  /** Only these policies, with commas between. */
  policies?: string
  /** Something that people should know: they gave a name of before, or much of the source is rejected. */
  onNotice?: (message: string) => void
}

export interface ExperimentOutput extends KeptOutput {
  /** The source's name as it stands in the folder's; the pipeline's before it, if another than usual reads it. */
  sourceSlug: string
}

/**
 * Run an experiment, or the rest of one that was stopped, and write what it came to.
 *
 *     const { summary, folder } = await runExperiment({ setup, folders: '.recstream/experiments', jobs: 1, fresh: false, signal })
 */
export async function runExperiment(run: ExperimentRun): Promise<ExperimentOutput> {
  const { setup } = run
  const opened = await openRun(setup)
  const { experiment, definition } = opened
  const known = policiesOf(opened.trials)
  const policies = run.policies === undefined ? known : policiesIn(run.policies, known, run.onNotice ?? (() => {}))
  const trials = opened.trials.filter(trial => policiesOf([trial]).some(policy => policies.includes(policy)))
  const ratings = await opened.ratings(run.onNotice)
  // Two pipelines may read one source, each with rewards of its own.
  const own = definition.name === experiment.pipeline || ratings.source.startsWith(`${definition.name}/`)
  const sourceName = own ? ratings.source : `${definition.name}/${ratings.source}`
  const sourceSlug = sourceName.replaceAll(/[^A-Za-z0-9.]+/g, '-')
  const output = await keepRun(run, {
    ...{ folderName: `${experiment.name}-${sourceSlug}`, experiment: experiment.name, trials },
    identity: runIdentity(definition, ratings),
    from: { module: new URL('./open-run.js', import.meta.url).href, setup },
    here: inThisProcess({ definition, ratings, clock: () => performance.now() }),
    summarise(finished) {
      const asked = finished.map(trial => only(trial, policies)).filter(trial => trial !== null)
      return summarise(experiment, ratings.source, setup.seeds, asked)
    },
  })
  return { ...output, sourceSlug }
}
