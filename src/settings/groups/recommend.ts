import { choice, integer, number } from '../field.ts'

const bound = { checkpoint: 'always' } as const

export const recommend = {
  length: integer(10, [1, 200], 'items', 'items in a list', { checkpoint: 'with agents' }),
  candidates: integer(100, [1, 100_000], 'items', 'items scored for a list; at least recommend.length'),
  everyMs: integer(
    3_600_000,
    [0, 31_622_400_000],
    'milliseconds',
    'event time between two lists of a user; 0 is a list at every event',
  ),
  newUsers: choice(
    'yes',
    ['yes', 'no'],
    'whether somebody of whom a profile has come and no event yet is given a list',
  ),
  everybodyMs: integer(
    3_600_000,
    [1, 31_622_400_000],
    'milliseconds',
    'event time between two lists for nobody in particular, which stand under the empty user id',
  ),
  exploration: choice(
    'epsilon',
    ['epsilon', 'thompson'],
    'how lists explore: some slots at random, or every slot by a taste drawn from what is known of the user (Thompson sampling)',
  ),
  epsilon: number(0.05, [0, 1], 'a share', 'share of the slots that explore'),
  newItems: number(
    0.01,
    [0, 1],
    'a share',
    'share of the slots that show one of the items that few have met; with exploration epsilon',
  ),
  alternatives: choice(
    'no',
    ['yes', 'no'],
    'whether lists say what the agents of other arms would have shown first, for off-policy evaluation; a decision more per arm',
  ),
  coOccurrences: integer(128, [4, 4096], 'items', 'items remembered of what goes with an item; 20 bytes each', bound),
  recent: integer(40, [5, 200], 'items', 'items of a user that the ranker looks back at; 20 bytes each', bound),
  shortHalfLifeHours: number(
    12,
    [0.01, 87_600],
    'hours',
    'event time after which what is popular for the moment counts half',
    bound,
  ),
  halfLifeDays: number(
    4,
    [0.01, 36_500],
    'days',
    'event time after which what is popular now, and what goes together of late, counts half',
    bound,
  ),
  longHalfLifeDays: number(
    60,
    [0.01, 36_500],
    'days',
    'event time after which what is popular for long, and what goes together, counts half',
    bound,
  ),
  easeItems: integer(
    0,
    [0, 4096],
    'items',
    'items up to which EASE is a score of the ranker; 0 is none. It is fitted now and then, which holds events up for seconds',
    bound,
  ),
  sequenceNetworks: integer(
    0,
    [0, 4],
    'networks',
    'networks whose score of what comes next is a feature of the ranker; 0 is none. Each costs as much as half the ranker does',
    bound,
  ),
}
