import { setImmediate as breathe } from 'node:timers/promises'
import { createPlanningAgent, knownAgents } from '../agents/registry.ts'
import type { TensorFlow } from '../model/backend.ts'
import { hashText } from '../model/random.ts'
import { agentPolicy, type Seats, worldCatalogue } from '../simulate/agent-policy.ts'
import { follow } from '../simulate/follow.ts'
import type { Population } from '../simulate/world/population.ts'
import { worldNamed } from '../simulate/world/settings.ts'
import { createWorld } from '../simulate/world/world.ts'
import { type Problem, withWarmUp } from './problem.ts'

export interface SimulatedProblemOptions {
  tf: TensorFlow
  population: Population
  /** Name of the world's settings. */
  world: string
  /** Items shown while an agent learns. */
  steps: number
  /** People whom it learns from side by side. */
  slots?: number
  /** People whom it is followed over without exploring; other ones in the test. */
  people: number
}

/**
 * Agents learn in a world for so many items shown, then serve fresh people, who come when the learning is over; in the test
 * it is others again, after those of the validation.
 *
 *     const problem = simulatedProblem({ tf, population, world: 'saturating', steps: 30_000, people: 64 })
 */
export function simulatedProblem(given: SimulatedProblemOptions): Problem {
  const { tf, population, world: name, steps, slots = 64, people } = given
  const settings = worldNamed(name)
  return {
    name: `${name} world of ${population.source}`,
    metric: 'rewardPerUserDay',
    identity: JSON.stringify({ source: population.source, settings, steps, slots, people }),
    async run({ agent: policy, options, seed, share, part }, { progress, signal, clock }) {
      const shown = Math.max(1, Math.round(share * steps))
      const seats: Seats = { person: new Int32Array(slots + 1) }
      const agent = createPlanningAgent(policy, {
        ...{ tf, seed, catalogue: worldCatalogue(population.knowledge, seats) },
        options: withWarmUp(options, knownAgents[policy]!.defaults, shown),
      })
      try {
        const world = createWorld({ population, settings, slots, seed: hashText(`${seed} learning`) })
        const { choose, observe } = agentPolicy({ agent, seats, userOf: slot => slot, learning: true })(world, seed)
        const start = clock()
        for (let step = 1; step <= shown; step++) {
          const slot = step % slots
          const item = choose(slot)
          observe(slot, item, world.show(slot, item))
          if (step % agent.trainEvery === 0) agent.train()
          if (step % 256 !== 0) continue
          progress((0.6 * step) / shown, 'learning')
          await breathe()
          signal.throwIfAborted()
        }
        const seconds = (clock() - start) / 1000
        const followed = follow({
          ...{ population, settings, people, seed: hashText(`${seed} ${part}`) },
          policy: agentPolicy({ agent, seats, userOf: () => slots, learning: false }),
          onPerson: done => progress(0.6 + 0.4 * done, part),
        })
        const { rewardPerUserDay, standardError, sessionLength, sessionsPerDay, effectiveGenres, returnRate } = followed
        return {
          metrics: {
            ...{ rewardPerUserDay, standardError, sessionLength, sessionsPerDay, effectiveGenres, returnRate },
            stepsPerSecond: shown / seconds,
          },
        }
      } finally {
        agent.dispose()
      }
    },
  }
}
