import type { Choice, PlanningAgent } from '../../src/agents/planning-agent.ts'
import { createPlanningAgent } from '../../src/agents/registry.ts'
import { worldCatalogue } from '../../src/lab/simulate/agent-policy.ts'
import type { Population } from '../../src/lab/simulate/world/population.ts'
import { worlds } from '../../src/lab/simulate/world/settings.ts'
import { createWorld } from '../../src/lab/simulate/world/world.ts'
import type { Backend } from '../../src/nn/backend.ts'
import { seededRandom } from '../../src/state/random.ts'
import type { LoggedChoice } from '../warehouse/choices.ts'
import { draw, type LoggedWorld } from './logged-world.ts'

interface AgentsLog {
  backend: Backend
  population: Population
  seed: number
  slots: number
  /** Items for each slot before anything is logged, and then. */
  before: number
  steps: number
  logger: { policy: string; options: Record<string, unknown> }
  target: { policy: string; options: Record<string, unknown> }
}

/** Let one planning agent choose and both learn from it, as arms of a pipeline do; the truth is of the other one. */
export function logAgents(setup: AgentsLog): LoggedWorld {
  const { backend, population, seed, slots, before, steps } = setup
  const world = createWorld({ population, settings: worlds.full, slots, seed })
  const seats = { person: new Int32Array(slots) }
  const catalogue = worldCatalogue(world.knowledge, seats)
  const [logger, target] = [setup.logger, setup.target].map(({ policy, options }, k) =>
    createPlanningAgent(policy, { tf: backend.tf, catalogue, seed: seed + k, options }),
  ) as [PlanningAgent, PlanningAgent]
  const random = seededRandom(seed, 'alternatives')
  const generation = new Int32Array(slots).fill(-1)
  const choices: LoggedChoice[] = []
  let truth = 0
  let observed = 0
  for (let step = 0; step < before + steps; step++) {
    for (let slot = 0; slot < slots; slot++) {
      if (generation[slot] !== world.generation(slot)) {
        generation[slot] = world.generation(slot)
        seats.person[slot] = world.person(slot)
        for (const agent of [logger, target]) agent.resetUser(slot)
      }
      const decided = world.time(slot)
      const how = { time: decided, length: 1, allowed: (item: number) => !world.barred(slot, item), explore: true }
      const chances = target.distribution(slot, how)
      const [{ item, propensity }] = logger.choose(slot, how) as [Choice]
      const userId = `${slot}-${world.generation(slot)}`
      const drawn = draw(chances, random)
      if (step >= before) {
        const { watch } = world.truth(slot)
        for (let each = 0; each < watch.length; each++) truth += (chances[each]! * watch[each]!) / (slots * steps)
      }
      const alternatives = { target: { propensity: chances[item]!, itemId: `item-${drawn}` } }
      const { watch: reward, like, time } = world.show(slot, item)
      if (step >= before) choices.push({ userId, itemId: `item-${item}`, propensity, reward, alternatives })
      const shown = { item, reward, like, time, decided }
      logger.observe(slot, { ...shown, propensity }, true)
      target.observe(slot, { ...shown, propensity: 0 }, true)
      observed += 1
      for (const agent of [logger, target]) if (observed % agent.trainEvery === 0) agent.train()
    }
  }
  for (const agent of [logger, target]) agent.dispose()
  return { choices, truth }
}
