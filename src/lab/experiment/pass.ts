import type { Collect } from './collect.ts'
import type { Ratings } from './ratings.ts'

/** How a policy goes once through a source and what is taken down, whichever policy it is. */
export interface Pass {
  /** Makes one collector for each policy. */
  collect: Collect
  /** Default: every row in order of time, all of them scored, all learned from. */
  plan?: (ratings: Ratings) => Plan
  /** How a policy is called in the results; default: by its own name. */
  label?: (policy: string) => string
}

export interface Plan {
  /** Rows in the order in which they pass. */
  rows: ArrayLike<number>
  /** From this place in the order on, predictions are scored. */
  scoredFrom: number
  /** And nothing is learned any more. */
  frozen: boolean
}

/** The plan of a pass over one source. */
export function planOf({ plan }: Pass, ratings: Ratings): Plan {
  return (
    plan?.(ratings) ?? {
      rows: Int32Array.from({ length: ratings.length }, (_, row) => row),
      ...{ scoredFrom: 0, frozen: false },
    }
  )
}
