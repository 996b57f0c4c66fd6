import { basename, join } from 'node:path'
import { resultsFolder, writeBetweenMarks } from '../../lab/experiment/results-page.ts'
import { resultsSection } from '../../lab/experiment/results-section.ts'
import type { SimulationSetup } from '../../lab/simulate/open-run.ts'
import { runSimulation } from '../../lab/simulate/run-simulation.ts'
import { plural } from '../../records/words.ts'
import type { CommonOptions } from '../common-options.ts'
import { createTrialProgress, untilStopped } from '../experiment/progress.ts'
import { summaryTable } from '../experiment/summary-table.ts'
import { colours } from '../print/colours.ts'
import { jsonLine, writeLines } from '../print/write-lines.ts'

export interface SimulateOptions extends CommonOptions {
  policies: string
  world: string
  seeds: number[]
  steps: number
  people: number
  follow: number
  gate: number
  source?: string
  set: Record<string, string>
  jobs: number
  output?: string
  fresh?: true
  write?: true
}

/** Run a simulation with progress on stderr and its table, or with --json one line, on stdout. */
export async function simulate(options: SimulateOptions): Promise<void> {
  const { world, policies, seeds, set: settings, steps, people, follow, gate, source } = options
  const setup: SimulationSetup = {
    ...{ world, policies, settings, seeds, plan: { steps, people, follow, gate } },
    ...(source === undefined ? {} : { source }),
  }
  const progress = createTrialProgress({ quiet: options.json === true })
  const output = await untilStopped(progress, signal =>
    runSimulation({
      ...{ setup, jobs: options.jobs, fresh: options.fresh === true, signal },
      folders: join(options.data, 'simulations'),
      onBegin: (trials, folder) =>
        progress.say(`${plural(trials, 'trial')} in the world ${world}; results lie in ${folder}`),
      onProgress: progress.update,
      ...(options.output === undefined ? {} : { output: options.output }),
    }),
  )
  if (output === null) return
  progress.sayOlder(output.older.length)
  progress.sayUndrawn(output.undrawn)
  if (options.write) {
    writeBetweenMarks(resultsFolder(), `simulate:${output.sourceSlug}`, resultsSection(commandOf(setup), output))
  }
  const { summary, folder } = output
  void writeLines([
    options.json
      ? jsonLine({ world, source: summary.source, steps, seeds, policies: output.policies })
      : `\n${colours().bold(`People of ${summary.source} in the world ${world}`)}\n\n${summaryTable(summary)}\n\nTable, JSON and plots lie in ${folder}`,
  ])
}

/** The command that makes the figures again, with the data's name where a folder stood. */
function commandOf({ world, source, policies, settings, seeds, plan }: SimulationSetup): string {
  const backend = process.env['RECSTREAM_BACKEND']
  return [
    ...(backend === undefined ? [] : [`RECSTREAM_BACKEND=${backend}`]),
    `npx recstream simulate --policies '${policies}' --world ${world} --seeds ${seeds.join(',')}`,
    ...Object.entries(plan).map(([name, value]) => `--${name} ${value}`),
    ...(source === undefined ? [] : [`--source ${basename(source)}`]),
    ...Object.entries(settings).map(([name, value]) => `--set ${name}=${value}`),
  ].join(' ')
}
