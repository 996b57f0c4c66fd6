import { createHash } from 'node:crypto'
import { basename, join, resolve } from 'node:path'
import { programSha256 } from '../experiment/identity.ts'
import { markdown } from '../experiment/markdown.ts'
import { type RunProgress, runTrials } from '../experiment/run-trials.ts'
import { type Summary, summarise } from '../experiment/summarise.ts'
import { trialProcesses } from '../experiment/trial-processes.ts'
import { type FinishedTrial, openTrialStore } from '../experiment/trial-store.ts'
import { writeOutput } from '../experiment/write-output.ts'
import { executorOf, openSimulation, oracle, type SimulationSetup } from './open-run.ts'
import { type PolicyResult, resultsByPolicy, withRegret } from './policy-results.ts'
import type { Population } from './world/population.ts'
import { worldNamed } from './world/settings.ts'

export interface SimulationRun {
  setup: SimulationSetup
  /** Where the folder of the simulation lies; default name: `<world>-<source>`. */
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

export interface SimulationOutput {
  /** What each policy came to, by label. */
  policies: Record<string, PolicyResult>
  summary: Summary
  /** The summary as Markdown, without heading. */
  table: string
  /** Where everything lies: `trials/`, `summary.json`, `table.md`, the plots. */
  folder: string
  /** File names of the plots. */
  plots: string[]
  /** Last part of the folder's name, by which docs/results.md has a place for it. */
  sourceSlug: string
  /** Trials that were finished earlier by another build of the program. */
  older: FinishedTrial[]
}

/**
 * Let policies learn from simulated people and follow fresh ones under each, or the rest of a run that was stopped.
 *
 *     const { policies } = await runSimulation({ setup, folders: '.recstream/simulations', jobs: 2, fresh: false, signal })
 *     policies['ddpg-la'].rewardPerUserDay.mean   // 38.1
 */
export async function runSimulation(run: SimulationRun): Promise<SimulationOutput> {
  const { setup, signal } = run
  const { trials, labels, population: open } = openSimulation(setup)
  const population = await open()
  const usual = `${setup.world}-${population.source}`.replaceAll(/[^A-Za-z0-9.]+/g, '-')
  const folder = resolve(run.output ?? join(run.folders, usual))
  const store = openTrialStore(folder)
  if (run.fresh) store.clear()
  run.onBegin?.(trials.length, folder)
  const program = programSha256()
  const processes = trialProcesses({ module: new URL('./open-run.js', import.meta.url).href, setup })
  const finished = await runTrials({
    ...{ experiment: 'simulate', trials, store, program, signal, jobs: run.jobs },
    identity: identityOf(setup, population),
    execute: run.jobs === 0 ? executorOf(setup, population) : processes.execute,
    ...(run.onProgress === undefined ? {} : { onProgress: run.onProgress }),
  }).finally(processes.close)
  const asked = withRegret(finished, oracle.label).filter(({ policy }) => labels.includes(policy))
  const summary = summarise({ name: 'simulate' }, population.source, setup.seeds, asked.map(withoutError))
  const table = markdown(summary)
  const plots = await writeOutput(folder, summary, table)
  const older = finished.filter(trial => trial.program !== program)
  return {
    policies: resultsByPolicy(labels, asked),
    summary,
    table,
    folder,
    plots,
    sourceSlug: basename(folder),
    older,
  }
}

/** In tables the deviation over seeds says how sure a mean is. */
function withoutError(trial: FinishedTrial): FinishedTrial {
  const { standardError: _, ...metrics } = trial.result.metrics
  return { ...trial, result: { ...trial.result, metrics } }
}

/** Raised when results of an older form are no longer understood. */
const format = 1

/** What the results of all trials depend on besides their names: the world with its people, and the plan. */
function identityOf({ world, plan }: SimulationSetup, { source, truth, knowledge }: Population): string {
  const hash = createHash('sha256')
  const backend = process.env['RECSTREAM_BACKEND'] ?? null
  hash.update(JSON.stringify({ format, settings: worldNamed(world), plan, source, backend }))
  for (const values of [...Object.values(truth), knowledge.itemVectors, knowledge.profiles, knowledge.tastes]) {
    hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
  }
  return hash.digest('hex')
}
