import { createHash } from 'node:crypto'
import { requireAgent, uselessOnLogs } from '../../agents/known-agents.ts'
import { RecstreamError } from '../../errors.ts'
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
import { type Dimension, fixedOptions, type OptionValue, searchedDefaults, searchSpace, usedOptions } from './space.ts'

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
  /** Of options of the agent those that do something beside each other. */
  used(options: Candidate['options']): Candidate['options']
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
export function tuningOn(problem: Problem, setup: PlanSetup): OpenTuning {
  const { seed } = setup
  const { agent, fixed, space, candidates, used, defaults } = planOf(setup)
  return {
    ...{ problem, space, fixed, defaults, candidates, used },
    rungs: rungsOf(setup.strategy, candidates.length),
    identity: createHash('sha256')
      .update(JSON.stringify([agent, problem.identity, process.env['RECSTREAM_BACKEND'] ?? null]))
      .digest('hex'),
    trial(candidate, share, part) {
      const options = used({ ...fixed, ...candidate.options })
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

/** What is to be known of a search to lay out its trials. */
type PlanSetup = Omit<TuningSetup, keyof ProblemSetup> & Pick<ProblemSetup, 'pipeline'>

function planOf({ agent, pipeline, ...setup }: PlanSetup) {
  requireAgent(agent)
  const fixed = fixedOptions(agent, setup.fixed)
  const names = [...Object.keys(fixed), ...setup.space.map(text => text.split('=')[0]!.trim())]
  const useless = pipeline === undefined ? null : uselessOnLogs(agent, Object.fromEntries(names.map(each => [each, 0])))
  if (useless !== null) throw new RecstreamError('CONFIG_INVALID', useless)
  const space = searchSpace(agent, setup.space, fixed)
  const used = (options: Candidate['options']) => usedOptions(agent, options)
  const candidates = withoutIdle(candidatesOf(space, setup), options => used({ ...fixed, ...options }))
  return { agent, fixed, space, candidates, used, defaults: searchedDefaults(agent, space, fixed) }
}

/** Candidates without the options that do nothing in them; of those that are the same then the first. */
function withoutIdle(candidates: readonly Candidate[], used: OpenTuning['used']): Candidate[] {
  const seen = new Set<string>()
  return candidates.flatMap(({ name, options }) => {
    const all = used(options)
    const names = Object.keys(options).filter(each => Object.hasOwn(all, each))
    const text = JSON.stringify(names.map(each => [each, options[each]]))
    if (names.length < Object.keys(options).length && seen.has(text)) return []
    seen.add(text)
    return [{ name, options: Object.fromEntries(names.map(each => [each, options[each]!])) }]
  })
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
