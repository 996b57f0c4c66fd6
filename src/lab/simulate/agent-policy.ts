import type { Catalogue } from '../../agents/catalogue.ts'
import type { Choice, PlanningAgent } from '../../agents/planning-agent.ts'
import type { PolicyFor } from './policy.ts'
import type { Knowledge } from './world/knowledge.ts'

/** Which of a world's people each of an agent's users is. */
export interface Seats {
  /** By the agent's user slot. */
  readonly person: Int32Array
}

/**
 * What an agent knows of a world: vectors of its items, and of people by who sits in the agent's user slots.
 *
 *     const seats = { person: new Int32Array(65) }
 *     const catalogue = worldCatalogue(world.knowledge, seats)
 */
export function worldCatalogue(knowledge: Knowledge, { person }: Seats): Catalogue {
  const { itemSize, profileSize, itemVectors, profiles, tastes, popularity, estimates, facts } = knowledge
  const items = popularity.length
  const row = (table: Float32Array, width: number, user: number) =>
    table.subarray(person[user]! * width, (person[user]! + 1) * width)
  return {
    ...{ itemSize, profileSize },
    itemCount: items,
    itemVectors: () => itemVectors,
    version: 0,
    readProfile: (user, into) => into.set(row(profiles, profileSize, user)),
    readTaste: (user, into) => into.set(row(tastes, itemSize, user)),
    estimate: (user, item) => estimates[person[user]! * items + item]!,
    itemFacts: () => facts,
  }
}

export interface AgentPolicyOptions {
  agent: Pick<PlanningAgent, 'resetUser' | 'choose' | 'observe'>
  seats: Seats
  /** The agent's user slot for a slot of the world. */
  userOf: (slot: number) => number
  /** Explore and learn; else greedy, and nothing is remembered but the person's own state. */
  learning: boolean
}

/**
 * A planning agent as a policy of a world: somebody new in a slot is somebody new to the agent, and what came of an item is
 * given with the time at which it was chosen.
 */
export function agentPolicy({ agent, seats, userOf, learning }: AgentPolicyOptions): PolicyFor {
  return world => {
    const generation = new Int32Array(world.slots).fill(-1)
    let chosen: Choice = { item: 0, propensity: 0, score: 0 }
    let decided = 0
    return {
      choose(slot) {
        const user = userOf(slot)
        if (generation[slot] !== world.generation(slot)) {
          generation[slot] = world.generation(slot)
          seats.person[user] = world.person(slot)
          agent.resetUser(user)
        }
        decided = world.time(slot)
        const allowed = (item: number) => !world.barred(slot, item)
        chosen = agent.choose(user, { time: decided, length: 1, allowed, explore: learning })[0]!
        return chosen.item
      },
      observe(slot, item, { watch: reward, like, time }) {
        const { propensity } = chosen
        agent.observe(userOf(slot), { item, reward, like, time, decided, propensity }, learning)
      },
    }
  }
}
