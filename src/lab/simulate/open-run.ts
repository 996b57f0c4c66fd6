import type { Trial } from '../experiment/experiment.ts'
import { inThisProcess } from '../experiment/run-trials.ts'
import type { OpenedTrials } from '../experiment/trial-messages.ts'
import { openPopulation } from './open-population.ts'
import { type SimulationContext, type TrialPlan, trialsOf } from './trial.ts'
import { variantsIn } from './variants.ts'
import type { Population } from './world/population.ts'
import { worldNamed } from './world/settings.ts'

/** What a simulation runs; the same in every process of it. Plain values. */
export interface SimulationSetup {
  world: string
  /** Folder of ratings; without one people and items are made up. */
  source?: string
  policies: string
  /** Options by policy: "dqn.gamma". */
  settings: Readonly<Record<string, string>>
  seeds: readonly number[]
  plan: TrialPlan
}

/** Whom all others are compared with: regret is the distance to it. */
export const oracle = { label: 'oracle-index', policy: 'oracle-index', options: {} }

export interface OpenSimulation {
  /** Those asked for, and the oracle behind them if it is not among them. */
  trials: Trial<SimulationContext>[]
  labels: string[]
  population: () => Promise<Population>
}

/** Find what a set-up names; nothing of the source is read yet. */
export function openSimulation({ world, source, policies, settings, seeds }: SimulationSetup): OpenSimulation {
  worldNamed(world)
  const variants = variantsIn(policies, settings)
  const all = variants.some(({ label }) => label === oracle.label) ? variants : [...variants, oracle]
  return {
    trials: trialsOf(all, seeds),
    labels: variants.map(({ label }) => label),
    population: () => openPopulation(source),
  }
}

/** The trials of a set-up, for a process that runs them. */
export async function openTrials(setup: SimulationSetup): Promise<OpenedTrials<Trial<SimulationContext>>> {
  const { trials, population } = openSimulation(setup)
  return { trials, execute: await executorOf(setup, await population()) }
}

/** Runs trials in this process. */
export function executorOf({ world, plan }: SimulationSetup, population: Population) {
  return inThisProcess({ population, settings: worldNamed(world), plan, clock: () => performance.now() })
}
