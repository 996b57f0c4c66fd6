import { choice, integer, number } from '../field.ts'

const bound = { checkpoint: 'with agents' } as const

export const plan = {
  exclude: integer(
    0,
    [0, 10_000],
    'items',
    "the user's last items, which agents do not show again although behaviours let them come back, as far as the others fill a list",
    bound,
  ),
  vectorSize: integer(
    0,
    [0, 1024],
    'numbers',
    'numbers in an item\'s "#vector=" and a user\'s "#taste=" token; 0 is what the learner has learned',
    bound,
  ),
  profileSize: integer(
    0,
    [0, 1024],
    'numbers',
    'numbers in a user\'s "#profile=" token; 0 is what features hash to',
    bound,
  ),
}

export const guard = {
  enabled: choice('yes', ['yes', 'no'], 'whether an arm that is surely worse than the best is taken out by itself'),
  alpha: number(0.05, [1e-6, 0.5], 'a chance', 'chance that an arm is ever taken out that is not worse'),
  minUsers: integer(100, [2, 1_000_000_000], 'users', 'users of an arm, each followed to the end, before it is judged'),
  days: number(
    7,
    [0.001, 3650],
    'days',
    "days of event time over which a user's reward is counted, from the arm's first list on",
  ),
}
