import type { TinyProblem } from './problem.ts'

const everybodyAlike = { profile: () => [1], gapDays: () => 0 }

/** Five arms, one of them the best by far; an arm pays 1 with its own probability. */
export const bandit: TinyProblem = {
  ...everybodyAlike,
  name: 'bandit',
  items: 5,
  allowed: () => [0, 1, 2, 3, 4],
  reward: (item, _last, _user, random) => (random.uniform() < [0.2, 0.1, 0.3, 0.9, 0.4][item]! ? 1 : 0),
  solvedAt: 0.75,
}

/** Two kinds of user, each with a best arm of its own: whoever does not look at the profile gets half of it. */
export const contextualBandit: TinyProblem = {
  name: 'contextual bandit',
  items: 5,
  profile: user => (user % 2 === 0 ? [1, 0] : [0, 1]),
  gapDays: () => 0,
  allowed: () => [0, 1, 2, 3, 4],
  reward: (item, _last, user, random) => (random.uniform() < (item === (user % 2 === 0 ? 1 : 3) ? 0.9 : 0.1) ? 1 : 0),
  solvedAt: 0.75,
}

const cells = 4
const left = (cell: number) => 2 * cell
const right = (cell: number) => 2 * cell + 1
const cellAfter = (last: number) => {
  if (last < 0) return 0
  const cell = Math.floor(last / 2)
  return last === right(cell) ? (cell + 1) % cells : Math.max(0, cell - 1)
}

/**
 * Four cells in a row; an item is a step from a cell, so the last item says where one is. The step out of the last cell
 * pays 1 and begins anew, a step back pays a crumb: .25 a step for who goes on, .1 for who takes what there is.
 */
export const corridor: TinyProblem = {
  ...everybodyAlike,
  name: 'corridor',
  items: 2 * cells,
  allowed: last => [left(cellAfter(last)), right(cellAfter(last))],
  reward: item => (item === right(cells - 1) ? 1 : item % 2 === 0 ? 0.1 : 0),
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
  solvedAt: 0.45,
}

export const tinyProblems = [bandit, contextualBandit, corridor, delayedReward, timeAway]
