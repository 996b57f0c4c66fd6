import { join } from 'node:path'
import { RecstreamError } from '../../errors.ts'
import type { RunSetup } from '../../lab/experiment/open-run.ts'
import { experiments, findExperiment } from '../../lab/experiment/registry.ts'
import { resultsFolder, writeBetweenMarks } from '../../lab/experiment/results-page.ts'
import { commandOf, resultsSection } from '../../lab/experiment/results-section.ts'
import { runExperiment } from '../../lab/experiment/run-experiment.ts'
import { plural } from '../../records/words.ts'
import type { CommonOptions } from '../common-options.ts'
import { colours } from '../print/colours.ts'
import { table } from '../print/table.ts'
import { jsonLine, writeLines } from '../print/write-lines.ts'
import { createTrialProgress, untilStopped } from './progress.ts'
import { summaryTable } from './summary-table.ts'

export interface ExperimentOptions extends CommonOptions {
  source?: string
  pipeline?: string
  seeds: number[]
  policies?: string
  set: Record<string, string>
  learners?: number[]
  exchange?: number[]
  jobs: number
  output?: string
  fresh?: true
  write?: true
}

/** Print what there is to choose from. */
export function listExperiments({ json }: Pick<ExperimentOptions, 'json'>): void {
  const listed = experiments.map(({ name, summary, pipeline }) => ({ name, summary, pipeline }))
  void writeLines([
    json
      ? jsonLine(listed)
      : `${table(
          ['experiment', 'what it does', 'pipeline'],
          listed.map(({ name, summary, pipeline }) => [name, summary, pipeline]),
        )}\n\nRun one: npx recstream experiment prequential --source ml-100k`,
  ])
}

/** Run an experiment with progress on stderr and its table, or with --json one line, on stdout. */
export async function experiment(name: string, options: ExperimentOptions): Promise<void> {
  const usual = findExperiment(name).pipeline
  const setup: RunSetup = {
    experiment: name,
    pipeline: options.pipeline ?? usual,
    settings: options.set,
    seeds: options.seeds,
    ...(options.source === undefined ? {} : { source: options.source }),
    ...(options.learners === undefined ? {} : { learners: options.learners }),
    ...(options.exchange === undefined ? {} : { exchange: options.exchange }),
  }
  if (name !== 'shards' && (options.learners ?? options.exchange) !== undefined) {
    throw new RecstreamError(
      'CONFIG_INVALID',
      '--learners and --exchange are of the experiment shards alone; leave them out.',
    )
  }
  const progress = createTrialProgress({ quiet: options.json === true })
  const output = await untilStopped(progress, signal =>
    runExperiment({
      ...{ setup, jobs: options.jobs, fresh: options.fresh === true, signal },
      folders: join(options.data, 'experiments'),
      onBegin: (trials, folder) => progress.say(`${plural(trials, 'trial')} of ${name}; results lie in ${folder}`),
      onProgress: progress.update,
      onNotice: progress.notice,
      ...(options.output === undefined ? {} : { output: options.output }),
      ...(options.policies === undefined ? {} : { policies: options.policies }),
    }),
  )
  if (output === null) return
  const { summary, folder, older, sourceSlug, undrawn } = output
  progress.sayOlder(older.length)
  progress.sayUndrawn(undrawn)
  if (options.write) {
    const policies = options.policies === undefined ? {} : { policies: options.policies }
    const section = resultsSection(commandOf(setup, { pipeline: usual, ...policies }), output)
    writeBetweenMarks(resultsFolder(), `experiment:${name}:${sourceSlug}`, section)
  }
  const { experiment, source, seeds, scores, deviation, interval, difference } = summary
  void writeLines([
    options.json
      ? jsonLine({ experiment, source, seeds, scores, deviation, interval, difference })
      : `\n${colours().bold(`${name} on ${source}`)}\n\n${summaryTable(summary)}\n\n${undrawn === null ? 'Table, JSON and plots' : 'Table and JSON'} lie in ${folder}`,
  ])
}
