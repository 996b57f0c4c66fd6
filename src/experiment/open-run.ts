import type { PipelineDefinition } from '../pipeline/definition.ts'
import { findPipeline } from '../pipeline/find-pipeline.ts'
import { withSettings } from '../pipeline/settings.ts'
import type { Experiment, Trial } from './experiment.ts'
import { type LoadedRatings, loadRatings } from './load-ratings.ts'
import { findExperiment } from './registry.ts'
import type { RunSetup } from './trial-messages.ts'

/** What a set-up stands for: the same in the process that runs trials and in the one that asks for them. */
export interface OpenRun {
  experiment: Experiment
  definition: PipelineDefinition
  trials: Trial[]
  /** Reads the source. */
  ratings: () => Promise<LoadedRatings>
}

/** Find what a set-up names; nothing of the source is read yet. */
export async function openRun({ experiment: name, pipeline, settings, source, seeds }: RunSetup): Promise<OpenRun> {
  const experiment = findExperiment(name)
  const definition = withSettings(await findPipeline(pipeline), settings)
  const trials = experiment.trials({ definition, seeds })
  return { experiment, definition, trials, ratings: () => loadRatings(definition, source) }
}
