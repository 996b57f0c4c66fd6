import type { PlanningAgent } from '../../agents/planning-agent.ts'
import { copies, type SavedArrays } from '../../state/saved-arrays.ts'
import { agentPolicy, type Seats } from './agent-policy.ts'
import { type Followed, followOneByOne } from './follow.ts'
import type { Population } from './world/population.ts'
import type { WorldSettings } from './world/settings.ts'
import { createWorld } from './world/world.ts'

export interface Training {
  agent: PlanningAgent
  /** Of the agent's catalogue, one seat more than there are people: the last is for whoever is followed. */
  seats: Seats
  population: Population
  settings: WorldSettings
  /** Of the people that are learned from; who is followed to evaluate the agent comes from `gateSeed`. */
  seed: number
  gateSeed: number
  /** Items shown in all, over all people; rounded up to as many for each. */
  steps: number
  /** People who are there at once, side by side. */
  people: number
  /** How often the agent is evaluated on the way, at equal distances, and by how many people; 0 people: not at all. */
  checks: number
  gatePeople: number
  /** Milliseconds, for the rate only. */
  clock: () => number
}

/** What training came to. */
export interface Trained {
  /** Steps at each check and what the frozen agent gained a user-day. */
  curve: { steps: number[]; rewardPerUserDay: number[] }
  /** Items shown a second of training, without the checks. */
  stepsPerSecond: number
  /** The check whose weights the agent has now, from 0. */
  best: number
}

/**
 * Let an agent learn from people who live side by side, and leave it as it was at its best check: late training drifts.
 *
 *     for (const share of trainInWorld({ agent, seats, …, steps: 60_000, people: 64, checks: 4, gatePeople: 128 })) progress(share)
 *
 * Yields the share done every few rounds. The same training gives the same agent bit for bit.
 */
export function* trainInWorld(training: Training): Generator<number, Trained> {
  const { agent, seats, population, settings, seed, people, clock } = training
  const world = createWorld({ population, settings, slots: people, seed })
  const policy = agentPolicy({ agent, seats, userOf: slot => slot, learning: true })(world, seed)
  const rounds = Math.ceil(training.steps / people)
  const checks = training.gatePeople === 0 ? 0 : Math.min(training.checks, rounds)
  const curve: Trained['curve'] = { steps: [], rewardPerUserDay: [] }
  let best: { at: number; weights: SavedArrays } | null = null
  let [spent, untrained] = [0, 0]
  for (let round = 1; round <= rounds; round++) {
    const started = clock()
    for (let slot = 0; slot < people; slot++) {
      const item = policy.choose(slot)
      policy.observe(slot, item, world.show(slot, item))
      if (++untrained < agent.trainEvery) continue
      untrained = 0
      agent.train()
    }
    spent += clock() - started
    if (round % pauseEvery === 0) yield round / rounds
    if (Math.floor((round * checks) / rounds) === Math.floor(((round - 1) * checks) / rounds)) continue
    const { rewardPerUserDay } = yield* evaluated(training, round / rounds)
    if (best === null || rewardPerUserDay >= Math.max(...curve.rewardPerUserDay)) {
      best = { at: curve.steps.length, weights: copies(agent.save(people)) }
    }
    curve.steps.push(round * people)
    curve.rewardPerUserDay.push(rewardPerUserDay)
  }
  if (best !== null && best.at < curve.steps.length - 1) agent.restore(best.weights)
  return { curve, stepsPerSecond: (1000 * rounds * people) / spent, best: best?.at ?? 0 }
}

/** Rounds between two pauses, in which the process reads messages and reports how far it is. */
const pauseEvery = 8

/** What the agent gains as it is now, with people that nothing is learned from; the share done stands still. */
export function* evaluated(
  { agent, seats, population, settings, people, ...rest }: Omit<Training, 'seed' | 'steps' | 'checks' | 'clock'>,
  share: number,
) {
  const policy = greedyPolicy({ agent, seats, people })
  const walk = followOneByOne({ ...{ population, settings, policy }, people: rest.gatePeople, seed: rest.gateSeed })
  for (;;) {
    const { done, value }: IteratorResult<number, Followed> = walk.next()
    if (done) return value
    yield share
  }
}

/** A trained agent as a policy that does not change; whoever is followed sits in the last seat. */
export function greedyPolicy({ agent, seats, people }: Pick<Training, 'agent' | 'seats' | 'people'>) {
  return agentPolicy({ agent, seats, userOf: () => people, learning: false })
}
