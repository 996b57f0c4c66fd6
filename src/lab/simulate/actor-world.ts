import type { ActorWorld } from '../../agents/a3c/actors.ts'
import type { PlanningAgent } from '../../agents/planning-agent.ts'
import { agentPolicy, worldCatalogue } from './agent-policy.ts'
import type { Policy } from './policy.ts'
import type { Population } from './world/population.ts'
import type { WorldSettings } from './world/settings.ts'
import { createWorld } from './world/world.ts'

/** What every actor is given. */
export interface ActorWorldSetup {
  population: Population
  settings: WorldSettings
  /** People side by side, in all worlds together. */
  people: number
  seed: number
}

/**
 * The world of one actor: its share of the people whom a single agent would have learned from.
 *
 * Actor a of n has slots a, a + n, a + 2n, …; what happens in a slot follows from the seed and the slot alone.
 */
export function openActorWorld(setup: ActorWorldSetup, actor: number, actors: number): ActorWorld {
  const { population, settings, people, seed } = setup
  const seats = { person: new Int32Array(people) }
  const world = createWorld({ population, settings, slots: people, seed })
  const slots = Array.from({ length: people }, (_, slot) => slot).filter(slot => slot % actors === actor)
  let policy: Policy | null = null
  return {
    catalogue: worldCatalogue(population.knowledge, seats),
    round(agent: PlanningAgent) {
      policy ??= agentPolicy({ agent, seats, userOf: slot => slot, learning: true })(world, seed)
      for (const slot of slots) {
        const item = policy.choose(slot)
        policy.observe(slot, item, world.show(slot, item))
      }
      return slots.length
    },
  }
}
