import { setImmediate } from 'node:timers/promises'
import { optionsOf } from '../../agents/known-agents.ts'
import { createPlanningAgent } from '../../agents/registry.ts'
import { type Backend, openBackend } from '../../nn/backend.ts'
import type { Curve, Running, Trial, TrialResult } from '../experiment/experiment.ts'
import { type Seats, worldCatalogue } from './agent-policy.ts'
import { type Followed, followOneByOne } from './follow.ts'
import { builtInPolicy } from './policies/built-in.ts'
import type { PolicyFor } from './policy.ts'
import { evaluated, greedyPolicy, trainInWorld } from './train.ts'
import { type TrainedAgent, trainActors } from './train-actors.ts'
import { trialName, type Variant } from './variants.ts'
import type { Population } from './world/population.ts'
import type { WorldSettings } from './world/settings.ts'

/** How long agents learn and how they are evaluated; all trials of a run alike. */
export interface TrialPlan {
  /** Items shown in training, over all people. */
  steps: number
  /** People side by side in training. */
  people: number
  /** Fresh people the result is taken from, and those by whom the best of six states is kept. */
  follow: number
  gate: number
}

/** What trials of a run share. */
export interface SimulationContext extends Running {
  population: Population
  settings: WorldSettings
  plan: TrialPlan
}

/** How often an agent is evaluated while it learns. */
const checks = 6
export const curveName = 'Reward per user-day by steps of training'

/**
 * One policy and one seed: it learns, if it can, and then fresh people are followed under what came of it.
 *
 *     trialsOf([{ label: 'dqn', policy: 'dqn', options: {} }], [1, 2, 3])
 *
 * Seed s brings the same people to every policy: worlds 3s to learn from, 3s + 1 to be evaluated by, 3s + 2 for the result.
 */
export function trialsOf(variants: readonly Variant[], seeds: readonly number[]): Trial<SimulationContext>[] {
  return variants.flatMap(variant =>
    seeds.map(seed => ({
      name: `${trialName(variant)} seed ${seed}`,
      policy: variant.label,
      seed,
      run(context: SimulationContext) {
        const policy = builtInPolicy(variant.policy, variant.options)
        return policy === null ? learned(variant, seed, context) : followed(policy, 3 * seed + 2, context, 0)
      },
    })),
  )
}

/** An agent that learns, and what it comes to with people of another world than it learned from. */
export async function learned(
  { label, policy, options }: Variant,
  seed: number,
  context: SimulationContext,
  followSeed = 3 * seed + 2,
): Promise<TrialResult> {
  const { people } = context.plan
  const backend = await openBackend()
  const seats = { person: new Int32Array(people + 1) }
  const { agent, updates, dropped, curve, stepsPerSecond, best } = await trained(policy, options, {
    ...{ backend, seats, seed, context },
  })
  try {
    const result = await followed(greedyPolicy({ agent, seats, people }), followSeed, context, 0.8)
    return {
      ...result,
      metrics: { ...result.metrics, stepsPerSecond },
      curves: { [curveName]: curveOf(curve.steps, curve.rewardPerUserDay) },
      notes: [
        `TensorFlow.js backend: ${backend.name}.`,
        ...(best < curve.steps.length - 1
          ? [`${label} seed ${seed}: kept as it was after ${curve.steps[best]} steps.`]
          : []),
        ...(dropped > 0 ? [`${label} seed ${seed}: ${dropped} of ${updates} updates were not finite.`] : []),
      ],
    }
  } finally {
    agent.dispose()
  }
}

/** An agent that has learned: beside its one world, or from several actors that each have a part of it. */
async function trained(
  policy: string,
  options: Variant['options'],
  given: { backend: Backend; seats: Seats; seed: number; context: SimulationContext },
): Promise<TrainedAgent> {
  const { backend, seats, seed, context } = given
  const { population, settings, plan, clock, signal } = context
  const report = (share: number) => context.progress(0.8 * share, 'learning')
  const training = {
    ...{ seats, population, settings, steps: plan.steps, people: plan.people, checks, clock },
    ...{ seed: 3 * seed, gateSeed: 3 * seed + 1, gatePeople: plan.gate },
  }
  const several = policy === 'a3c' ? optionsOf('a3c', options) : null
  if (several !== null && several.actors > 1) {
    return trainActors({
      ...{ ...training, backend, agentSeed: seed, options: several, signal },
      evaluate: async (agent, share) =>
        (await paused(evaluated({ ...training, agent }, share), report, context)).rewardPerUserDay,
    })
  }
  const catalogue = worldCatalogue(population.knowledge, seats)
  const agent = createPlanningAgent(policy, { tf: backend.tf, catalogue, seed, options })
  try {
    const result = await paused(trainInWorld({ ...training, agent }), report, context)
    return { ...result, agent, updates: agent.steps, dropped: agent.dropped }
  } catch (error) {
    agent.dispose()
    throw error
  }
}

function curveOf(x: number[], y: number[]): Curve {
  return { x, y, xLabel: 'steps', yLabel: 'reward per user-day' }
}

/** The result of a policy that does not change, from people nobody learned from; `from` is the share done before. */
async function followed(
  policy: PolicyFor,
  seed: number,
  context: SimulationContext,
  from: number,
): Promise<TrialResult> {
  const { population, settings, plan, clock, progress } = context
  const started = clock()
  const walk = followOneByOne({ ...{ population, settings, policy }, people: plan.follow, seed })
  const result = await paused(walk, share => progress(from + (1 - from) * share, 'following'), context)
  return { metrics: metricsOf(result, (1000 * result.steps) / (clock() - started)) }
}

function metricsOf({ people: _people, steps: _steps, standardError, ...metrics }: Followed, stepsPerSecond: number) {
  return { ...metrics, stepsPerSecond, standardError }
}

/** Run a generator to its end, reading messages at each pause. */
async function paused<T>(
  walk: Generator<number, T>,
  report: (share: number) => void,
  { signal }: Pick<Running, 'signal'>,
): Promise<T> {
  for (;;) {
    const { done, value } = walk.next()
    if (done) return value
    report(value)
    await setImmediate()
    signal.throwIfAborted()
  }
}
