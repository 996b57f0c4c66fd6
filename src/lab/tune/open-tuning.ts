import { createHash } from 'node:crypto'
import { requireAgent } from '../../agents/known-agents.ts'
import { openBackend } from '../../nn/backend.ts'
import { withSettings } from '../../pipeline/settings.ts'
import { findPipeline } from '../../run/find-pipeline.ts'
import type { Running, Trial } from '../experiment/experiment.ts'
import { loadRatings } from '../experiment/load-ratings.ts'
import { inThisProcess } from '../experiment/run-trials.ts'
import type { OpenedTrials } from '../experiment/trial-messages.ts'
import { openPopulation } from '../simulate/open-population.ts'
import { loggedProblem } from './logged-problem.ts'
import type { Attempt, Problem } from './problem.ts'
import { type Candidate, candidatesOf, type Rung, rungsOf, type Strategy } from './search.ts'
import { simulatedProblem } from './simulated-problem.ts'
import { type Dimension, fixedOptions, type OptionValue, searchedDefaults, searchSpace } from './space.ts'

/** What an agent is tuned on. */
export interface ProblemSetup {
  /** Name or module of the pipeline whose source's log is learned from; without one a world of simulated people is. */
  pipeline?: string
  /** Settings of that pipeline. */
  settings: Readonly<Record<string, string>>
  /** The pipeline's source, or the ratings from which the people of the world are made. */
  source?: string
  world: string
  /** Events that an agent learns from: items shown in a world, or the latest of a log's part. */
  steps: number
  people: number
  ranked: number
}

/** What a search is; the same in every process of a run, and plain. */
export interface TuningSetup extends ProblemSetup {
  agent: string
  /** Options of the agent that are the same in every trial. */
  fixed: Readonly<Record<string, string>>
  /** What is searched; nothing: the usual. */
  space: readonly string[]
  strategy: Strategy
  trials: number
  points: number
  seed: number
}

export type TuningTrial = Trial<Running>

export interface OpenTuning {
  problem: Problem
  space: readonly Dimension[]
  fixed: Readonly<Record<string, OptionValue>>
  /** What the agent has where nothing is said, of the options that are searched. */
  defaults: Readonly<Record<string, OptionValue>>
  candidates: readonly Candidate[]
  rungs: readonly Rung[]
  /** What the results of all trials depend on. */
  identity: string
  trial(candidate: Candidate, share: number, part: Attempt['part']): TuningTrial
}

/** Find what a set-up names and read what trials share; a wrong name or option is CONFIG_INVALID before anything is read. */
export async function openTuning(setup: TuningSetup, onNotice?: (message: string) => void): Promise<OpenTuning> {
  planOf(setup)
  return tuningOn(await problemOf(setup, onNotice), setup)
}

/** A search on a problem that is there already. */
export function tuningOn(problem: Problem, setup: Omit<TuningSetup, keyof ProblemSetup>): OpenTuning {
  const { agent, seed } = setup
  const { fixed, space, candidates, defaults } = planOf(setup)
  return {
    ...{ problem, space, fixed, defaults, candidates },
    rungs: rungsOf(setup.strategy, candidates.length),
    identity: createHash('sha256')
      .update(JSON.stringify([agent, problem.identity, process.env['RECSTREAM_BACKEND'] ?? null]))
      .digest('hex'),
    trial(candidate, share, part) {
      const options = { ...fixed, ...candidate.options }
      return {
        name: `${candidate.name} ${part}${share === 1 ? '' : ` ${share.toFixed(2)}`}`,
        // What a result depends on has to stand in its head; the name of a candidate says nothing.
        policy: JSON.stringify(options),
        seed,
        run: running => problem.run({ agent, options, seed, share, part }, running),
      }
    },
  }
}

function planOf({ agent, ...setup }: Omit<TuningSetup, keyof ProblemSetup>) {
  requireAgent(agent)
  const fixed = fixedOptions(agent, setup.fixed)
  const space = searchSpace(agent, setup.space, fixed)
  return { fixed, space, candidates: candidatesOf(space, setup), defaults: searchedDefaults(agent, space) }
}

/** All trials that a search may come to ask for, for a process that runs them. */
export async function openTrials(setup: TuningSetup): Promise<OpenedTrials<TuningTrial>> {
  const { candidates, rungs, trial } = await openTuning(setup)
  const trials = candidates.flatMap(candidate => [
    ...rungs.map(({ share }) => trial(candidate, share, 'validation')),
    trial(candidate, 1, 'test'),
  ])
  return { trials, execute: inThisProcess({ clock: () => performance.now() }) }
}

async function problemOf(setup: ProblemSetup, onNotice?: (message: string) => void): Promise<Problem> {
  const { pipeline, settings, source, world, steps, people, ranked } = setup
  if (pipeline === undefined) {
    const population = await openPopulation(source)
    return simulatedProblem({ population, world, steps, people })
  }
  const definition = withSettings(await findPipeline(pipeline), settings)
  const ratings = await loadRatings(definition, source, onNotice)
  return loggedProblem({ tf: (await openBackend()).tf, definition, ratings, steps, ranked })
}
