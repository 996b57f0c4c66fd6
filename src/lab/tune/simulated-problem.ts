import { learned } from '../simulate/trial.ts'
import type { Population } from '../simulate/world/population.ts'
import { worldNamed } from '../simulate/world/settings.ts'
import { type Problem, withWarmUp } from './problem.ts'

export interface SimulatedProblemOptions {
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
 * Agents learn in a world for so many items shown, then serve fresh people who came after those; in the test it is others
 * again. They are followed as they are in the end, and not as they were at their best.
 *
 *     const problem = simulatedProblem({ population, world: 'saturating', steps: 30_000, people: 64 })
 */
export function simulatedProblem(given: SimulatedProblemOptions): Problem {
  const { population, world, steps, slots = 64, people } = given
  const settings = worldNamed(world)
  return {
    name: `${world} world of ${population.source}`,
    metric: 'rewardPerUserDay',
    identity: JSON.stringify({ source: population.source, settings, steps, slots, people }),
    async run({ agent: policy, options: given, seed, share, part }, running) {
      const shown = Math.max(slots, Math.round(share * steps))
      const warmed = withWarmUp(policy, given, shown)
      const options = Object.fromEntries(Object.entries(warmed).map(([name, value]) => [name, String(value)]))
      const plan = { steps: shown, people: slots, follow: people, gate: 0 }
      // A simulation's worlds 3s + 1 and 3s + 2: people of the same seed that nothing is learned from.
      const followSeed = 3 * seed + (part === 'validation' ? 1 : 2)
      const { metrics } = await learned(
        { label: policy, policy, options },
        seed,
        { ...running, population, settings, plan },
        followSeed,
      )
      return { metrics }
    },
  }
}
