import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import { type KeptOutput, type KeptRun, keepRun } from '../experiment/kept-run.ts'
import { summarise } from '../experiment/summarise.ts'
import type { FinishedTrial } from '../experiment/trial-store.ts'
import { executorOf, openSimulation, oracle, type SimulationSetup } from './open-run.ts'
import { type PolicyResult, resultsByPolicy, withRegret } from './policy-results.ts'
import type { Population } from './world/population.ts'
import { worldNamed } from './world/settings.ts'

export interface SimulationRun extends KeptRun {
  setup: SimulationSetup
}

export interface SimulationOutput extends KeptOutput {
  /** What each policy came to, by label. */
  policies: Record<string, PolicyResult>
  /** Last part of the folder's name, by which a page of docs/results has a place for it. */
  sourceSlug: string
}

/**
 * Let policies learn from simulated people and follow fresh ones under each, or the rest of a run that was stopped.
 *
 *     const { policies } = await runSimulation({ setup, folders: '.recstream/simulations', jobs: 2, fresh: false, signal })
 *     policies['ddpg-la'].rewardPerUserDay.mean   // 38.1
 */
export async function runSimulation(run: SimulationRun): Promise<SimulationOutput> {
  const { setup } = run
  const { trials, labels, population: open } = openSimulation(setup)
  const population = await open()
  let asked: FinishedTrial[] = []
  const output = await keepRun(run, {
    ...{ folderName: `${setup.world}-${population.source}`, experiment: 'simulate', trials },
    identity: identityOf(setup, population),
    from: { module: new URL('./open-run.js', import.meta.url).href, setup },
    here: executorOf(setup, population),
    summarise(finished) {
      asked = withRegret(finished, oracle.label).filter(({ policy }) => labels.includes(policy))
      return summarise({ name: 'simulate' }, population.source, setup.seeds, asked.map(withoutError))
    },
  })
  return { ...output, policies: resultsByPolicy(labels, asked), sourceSlug: basename(output.folder) }
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
