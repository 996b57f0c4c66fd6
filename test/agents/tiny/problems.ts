import type { Random } from '../../../src/state/random.ts'
import type { TinyProblem } from './problem.ts'

const everybodyAlike = { profile: () => [1], gapDays: () => 0 }

/** What an arm pays, give or take a tenth. */
const about = (mean: number, random: Random) => mean + 0.2 * random.uniform() - 0.1

/** Five arms, one of them the best by far. */
export const bandit: TinyProblem = {
  ...everybodyAlike,
  name: 'bandit',
  items: 5,
  allowed: () => [0, 1, 2, 3, 4],
  reward: (item, _last, _user, random) => about([0.2, 0.1, 0.3, 0.9, 0.4][item]!, random),
  solvedAt: 0.75,
}

/** Two kinds of user, each with a best arm of its own: whoever does not look at the profile gets half of it. */
export const contextualBandit: TinyProblem = {
  name: 'contextual bandit',
  items: 5,
  profile: user => (user % 2 === 0 ? [1, 0] : [0, 1]),
  gapDays: () => 0,
  allowed: () => [0, 1, 2, 3, 4],
  reward: (item, _last, user, random) => about(item === (user % 2 === 0 ? 1 : 3) ? 0.9 : 0.1, random),
  solvedAt: 0.75,
}

const end = 2
const onPath = (item: number, last: number) => item === 0 || item === last + 1

/**
 * Three cells in a row, the last item is where one is: from a cell one may step on to the next or back to the first. The
 * step to the last cell pays 1, staying at the first a crumb, and whoever leaps falls and is gone for ten days: .33 a step
 * for who goes on, .1 for who takes what there is.
 */
export const corridor: TinyProblem = {
  ...everybodyAlike,
  name: 'corridor',
  items: end + 1,
  allowed: () => [0, 1, 2],
  reward: (item, last) => (item === end && last === end - 1 ? 1 : item === 0 && last === 0 ? 0.1 : 0),
  gapDays: (item, last) => (onPath(item, last) ? 0 : 10),
  solvedAt: 0.22,
}

const [promise, bait, collect, leave] = [0, 1, 2, 3] as const

/** The first choice pays nothing or a little, the second according to the first: .45 a step, or .15 with the bait. */
export const delayedReward: TinyProblem = {
  ...everybodyAlike,
  name: 'delayed reward',
  items: 4,
  allowed: last => (last === promise || last === bait ? [collect, leave] : [promise, bait]),
  reward: (item, last) => (item === bait ? 0.3 : item === collect && last === promise ? 0.9 : 0),
  solvedAt: 0.4,
}

/** One item pays more than the others and drives the user away for ten days: .5 a step for who stays clear of it. */
export const timeAway: TinyProblem = {
  ...everybodyAlike,
  name: 'time away',
  items: 3,
  allowed: () => [0, 1, 2],
  reward: item => [0.2, 0.7, 0.5][item]!,
  gapDays: item => (item === 1 ? 10 : 0),
  solvedAt: 0.3,
}

export const tinyProblems = [bandit, contextualBandit, corridor, delayedReward, timeAway]
