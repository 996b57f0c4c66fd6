import type { Trace } from './trace.ts'

/** The id of the list that a sequence gave rise to; the same in every replay. */
export const listId = (learner: string, sequence: number): string => `${learner}-${sequence}`

/** The id of a list for somebody without an event, and of one for nobody in particular, made when a sequence came. */
export const firstListId = (learner: string, sequence: number): string => `${learner}-${sequence}.1`
export const everybodysListId = (learner: string, sequence: number): string => `${learner}-${sequence}.0`

/** The id of a list that somebody asked for when a sequence was the last one: the same question then has the same one. */
export const askedListId = (learner: string, sequence: number, question: string): string =>
  `${learner}-${sequence}.q${question}`

/** Whether a list was made for somebody without an event, or for nobody: at an event of somebody else. */
export const isFirstList = (recommendationId: string): boolean => /\.[01]$/.test(recommendationId)

/** The user id of lists for nobody in particular; no event and no profile can have it. */
export const nobody = ''

/**
 * The sequence that gave rise to the list of this id; 0 for an id of somebody else.
 *
 *     sequenceOfList('movielens-42')   // 42
 */
export function sequenceOfList(recommendationId: string): number {
  const digits = recommendationId.slice(recommendationId.lastIndexOf('-') + 1)
  return /^\d{1,15}$/.test(digits) ? Number(digits) : 0
}

/** One list for one user (or, under the empty id, for nobody in particular), as it stands on the recommendations topic. */
export interface Recommendation {
  /** `${learner}-${sequence}`: the same in every replay. For somebody without an event `.1` follows, for nobody `.0`, where somebody asked `.q…`. */
  recommendationId: string
  userId: string
  /** Event time of the event that gave rise to it, ms. */
  time: number
  /** Row number, partition and offset of that event. */
  sequence: number
  partition: number
  offset: number
  /** The newest version that was published before this list; 0 before the first. */
  modelVersion: number
  /** Which policy ranked it, and the A/B arm it belongs to. */
  policy: string
  arm: string
  items: RecommendedItem[]
  /** Why there are fewer items than lists are to have, in words; null where there are as many. */
  short: string | null
  /** The trace of what gave rise to it, the event or the request; the record's headers go on with it. Absent where there was none. */
  trace?: Trace
}

export interface RecommendedItem {
  itemId: string
  /** Expected reward in [0, 1]. */
  score: number
  /** Probability with which this slot shows this item under the logging policy. */
  propensity: number
  /** Why it is there, in words: "watched by many this week", "close to <item>". */
  reason: string
  /** By the name of another arm, what its policy would have done in this slot at that moment; absent where nobody asked. */
  alternatives?: Readonly<Record<string, Alternative>>
}

/** What the policy of another arm would have done in a slot: what off-policy evaluation of that arm is made from. */
export interface Alternative {
  /** Probability with which it would have shown this very item here. */
  propensity: number
  /** What it would have shown: one draw, its exploration included. */
  itemId: string
}
