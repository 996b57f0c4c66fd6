import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { startActors } from '../../agents/a3c/actors.ts'
import { createA2c } from '../../agents/a3c/agent.ts'
import { beginSharedLearner } from '../../agents/a3c/learner.ts'
import type { A3cOptions } from '../../agents/a3c/options.ts'
import type { PlanningAgent } from '../../agents/planning-agent.ts'
import type { Backend } from '../../nn/backend.ts'
import { packageRoot } from '../../package-root.ts'
import { copies, type SavedArrays } from '../../state/saved-arrays.ts'
import type { ActorWorldSetup } from './actor-world.ts'
import { worldCatalogue } from './agent-policy.ts'
import type { Trained, Training } from './train.ts'

export interface ActorTraining extends Omit<Training, 'agent'> {
  backend: Backend
  options: A3cOptions & { actors: number }
  /** Of the agents' own chance. */
  agentSeed: number
  /** Evaluates the agent as it is now: reward per user-day. */
  evaluate: (agent: PlanningAgent, share: number) => Promise<number>
  signal: AbortSignal
}

/** An agent with what its training came to: updates made, and those left out because they were not finite. */
export interface TrainedAgent extends Trained {
  agent: PlanningAgent
  updates: number
  dropped: number
}

/**
 * Train A3C: actors in threads, each with its share of the people, until so many items were shown in all.
 *
 *     const { agent, stepsPerSecond } = await trainActors({ backend, options: { ...defaultA3c, actors: 2 }, … })
 *
 * While the agent is evaluated the actors sleep; it is left as it was at its best check. However it ends, no thread is left.
 */
export async function trainActors(training: ActorTraining): Promise<TrainedAgent> {
  const { population, settings, people, seed, options, backend, seats, steps, clock, signal } = training
  let learner: SharedArrayBuffer | null = null
  const agent = createA2c(backend.tf, worldCatalogue(population.knowledge, seats), {
    ...{ seed: training.agentSeed, options, name: 'a3c' },
    learner(values) {
      const begun = beginSharedLearner(values, options.rate)
      learner = begun.memory
      return begun.learner
    },
  })
  const setup: ActorWorldSetup = { population, settings, people, seed }
  const actors = startActors({
    module: pathToFileURL(join(packageRoot(), 'dist', 'src', 'lab', 'simulate', 'actor-world.js')).href,
    ...{ setup, options, actors: options.actors, seed: training.agentSeed },
    ...{ backend: backend.name, learner: learner! },
  })
  const curve: Trained['curve'] = { steps: [], rewardPerUserDay: [] }
  let best: { at: number; weights: SavedArrays } | null = null
  try {
    // Threads open their backends before the clock starts.
    await actors.runTo(0, signal)
    let spent = 0
    for (let check = 1; check <= training.checks; check++) {
      const started = clock()
      await actors.runTo(Math.ceil((steps * check) / training.checks), signal)
      spent += clock() - started
      agent.train() // takes over the newest weights
      if (training.gatePeople === 0) continue
      const reward = await training.evaluate(agent, check / training.checks)
      if (best === null || reward >= Math.max(...curve.rewardPerUserDay)) {
        best = { at: curve.steps.length, weights: copies(agent.save(people)) }
      }
      curve.steps.push(actors.done)
      curve.rewardPerUserDay.push(reward)
    }
    if (best !== null && best.at < curve.steps.length - 1) agent.restore(best.weights)
    const stepsPerSecond = (1000 * actors.done) / spent
    return { agent, curve, stepsPerSecond, best: best?.at ?? 0, ...(await actors.stop()) }
  } finally {
    await actors.stop()
  }
}
