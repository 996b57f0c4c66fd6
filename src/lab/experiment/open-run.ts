import { withSettings } from '../../pipeline/settings.ts'
import type { PipelineDefinition } from '../../records/definition.ts'
import { findPipeline } from '../../run/find-pipeline.ts'
import type { Experiment, Trial } from './experiment.ts'
import { type LoadedRatings, loadRatings } from './load-ratings.ts'
import { findExperiment } from './registry.ts'
import { inThisProcess } from './run-trials.ts'
import type { OpenedTrials } from './trial-messages.ts'

/** Which trials a run has and what they read; the same in every process of a run. */
export interface RunSetup {
  experiment: string
  /** Name or module of the pipeline. */
  pipeline: string
  settings: Readonly<Record<string, string>>
  /** What `--source` gave. */
  source?: string
  seeds: readonly number[]
  /** What `--learners` and `--exchange` gave. */
  learners?: readonly number[]
  exchange?: readonly number[]
}

/** What a set-up stands for: the same in the process that runs trials and in the one that asks for them. */
export interface OpenRun {
  experiment: Experiment
  definition: PipelineDefinition
  trials: Trial[]
  /** Reads the source; `onNotice` is told what people should look at. */
  ratings: (onNotice?: (message: string) => void) => Promise<LoadedRatings>
}

/** Find what a set-up names; nothing of the source is read yet. */
export async function openRun({ experiment: name, pipeline, settings, source, ...asked }: RunSetup): Promise<OpenRun> {
  const experiment = findExperiment(name)
  const definition = withSettings(await findPipeline(pipeline), settings)
  const trials = experiment.trials({ definition, ...asked })
  return { experiment, definition, trials, ratings: onNotice => loadRatings(definition, source, onNotice) }
}

/** The trials of a set-up, for a process that runs them. */
export async function openTrials(setup: RunSetup): Promise<OpenedTrials<Trial>> {
  const { definition, trials, ratings } = await openRun(setup)
  const execute = inThisProcess({ definition, ratings: await ratings(), clock: () => performance.now() })
  return { trials, execute }
}
