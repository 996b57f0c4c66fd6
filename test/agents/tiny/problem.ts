import type { Catalogue } from '../../../src/agents/catalogue.ts'
import type { PlanningAgent } from '../../../src/agents/planning-agent.ts'
import { type Random, seededRandom } from '../../../src/state/random.ts'
import { nothingKnown } from '../nothing-known.ts'

/** A world so small that the best reward per step is known. */
export interface TinyProblem {
  name: string
  items: number
  /** The profile of a user, P numbers. */
  profile(user: number): number[]
  /** What may be shown after this item; `last` is −1 for a new user. */
  allowed(last: number): number[]
  /** Reward in [0, 1] of an item shown after another to a user. */
  reward(item: number, last: number, user: number, random: Random): number
  /** How long the user then stays away, days; 0 inside a session. */
  gapDays(item: number, last: number): number
  /** Mean reward per step that counts as solved: well above what the best shortsighted way reaches. */
  solvedAt: number
}

/** Every item a direction of its own, and tastes that say nothing. */
export function tinyCatalogue(problem: TinyProblem): Catalogue {
  const { items } = problem
  const vectors = new Float32Array(items * items)
  for (let item = 0; item < items; item++) vectors[item * items + item] = 1
  return {
    itemSize: items,
    profileSize: problem.profile(0).length,
    itemCount: items,
    version: 1,
    itemVectors: () => vectors,
    readProfile: (user, into) => into.set(problem.profile(user)),
    readTaste: (_, into) => {
      into.fill(0)
    },
    ...nothingKnown(items),
  }
}

/** Users side by side; the later ones are kept for the examination. */
const users = 8
const minute = 60_000
const day = 86_400_000

/** Let the agent live in the problem for so many steps, exploring and learning, with one training step every `every`. */
export function learn(agent: PlanningAgent, problem: TinyProblem, steps: number, every = 1): void {
  const walk = walkThrough(agent, problem, seededRandom(1, 'tiny.learn'))
  for (let step = 0; step < steps; step++) {
    walk(step % users, true)
    if (step % every === every - 1) agent.train()
  }
}

/** Reward per step of users that the agent has not seen, served greedily, nothing learned; a day away counts like a step. */
export function examine(agent: PlanningAgent, problem: TinyProblem, steps = 40): number {
  const walk = walkThrough(agent, problem, seededRandom(2, 'tiny.examine'))
  let [total, length] = [0, 0]
  for (let step = 0; step < steps * users; step++) {
    const { reward, gapDays } = walk(users + (step % users), false)
    total += reward
    length += 1 + gapDays
  }
  return total / length
}

/** Shows one item to a user and returns what it paid, and for how many days the user then stayed away. */
function walkThrough(agent: PlanningAgent, problem: TinyProblem, random: Random) {
  const last = new Map<number, number>()
  const times = new Map<number, number>()
  return (user: number, learning: boolean) => {
    if (!last.has(user)) agent.resetUser(user)
    const before = last.get(user) ?? -1
    const decided = times.get(user) ?? day
    const open = problem.allowed(before)
    const [choice] = agent.choose(user, {
      time: decided,
      length: 1,
      allowed: item => open.includes(item),
      explore: learning,
    })
    const { item, propensity } = choice!
    const reward = problem.reward(item, before, user, random)
    const time = decided + minute
    agent.observe(user, { item, reward, like: reward > 0.5 ? 1 : 0, time, decided, propensity }, learning)
    last.set(user, item)
    const gapDays = problem.gapDays(item, before)
    times.set(user, time + day * gapDays)
    return { reward, gapDays }
  }
}
