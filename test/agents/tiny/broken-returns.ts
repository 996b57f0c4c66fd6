import { returnsOf } from '../../../src/agents/interest/transitions.ts'
import type { TinyProblem } from './problem.ts'
import { bandit, corridor, delayedReward, timeAway } from './problems.ts'

/** What an agent that learns from n-step returns can be given instead of its own. */
export interface Broken {
  options?: { gamma?: number; awayDays?: number }
  rule?: typeof returnsOf
}

/** Rewards taken for costs. */
const negated: typeof returnsOf = (...given) => {
  const { returns, ...rest } = returnsOf(...given)
  return { ...rest, returns: returns.map(each => -each) }
}

const breaks: Record<string, Broken & { fails: TinyProblem[] }> = {
  'without a future': { options: { gamma: 0 }, fails: [corridor, delayedReward] },
  'with rewards taken for costs': { rule: negated, fails: [bandit] },
  'with a time away that costs nothing': { options: { awayDays: 1e9 }, fails: [timeAway] },
}

/** The break of this name; nothing is broken without one. */
export const brokenReturns = (name: string | undefined): Broken => (name === undefined ? {} : breaks[name]!)

/** What an agent with each break cannot solve. */
export const failuresOfReturns = Object.fromEntries(Object.entries(breaks).map(([name, { fails }]) => [name, fails]))
