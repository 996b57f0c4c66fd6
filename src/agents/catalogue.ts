import type { UserRows } from '../state/user-rows.ts'

/**
 * What planning agents know of items and users: numbers in typed arrays, by slot.
 *
 *     const { itemSize, itemVectors } = catalogue
 *     itemVectors().subarray(item * itemSize, (item + 1) * itemSize)   // one item's vector
 *
 * Whoever owns the slots keeps it: a simulated world from what it shows, the learner from what it has learned.
 */
export interface Catalogue {
  /** D, numbers in an item's vector and in a user's taste. */
  readonly itemSize: number
  /** P, numbers in a user's profile. */
  readonly profileSize: number
  /** Items there are: slots 0 … itemCount − 1. */
  readonly itemCount: number
  /** Vectors of all items, row by row; good until the next call. Numbers of the order of one. */
  itemVectors(): Float32Array
  /** Raised whenever a vector changes or an item comes, so that what was worked out from them can be kept till then. */
  readonly version: number
  /** Where agents keep what they hold of each user; absent: at the user's slot. */
  readonly rows?: UserRows | undefined
  /** Write the P numbers of a user's profile. */
  readProfile(user: number, into: Float32Array): void
  /** Write the D numbers of a user's taste: what a factorisation knows of the user, in the coordinates of item vectors. */
  readTaste(user: number, into: Float32Array): void
  /** How well an item is likely to suit a user, on a scale that is one user's own: what a recommender of ratings ranks by. */
  estimate(user: number, item: number): number
  /** What is known of items apart from their vectors; good until the next call. */
  itemFacts(): ItemFacts
}

/** Facts of all items, by slot. */
export interface ItemFacts {
  /** Raised whenever a fact is another one, but for `since`, which is as of now. */
  readonly version: number
  /** T, numbers in an item's shares. */
  readonly shareSize: number
  /** An item's themes (genres, tags) in shares that sum to 1, all 0 where none is known. [items × T] */
  readonly shares: Float32Array
  /** How much better than others it is liked by everybody. */
  readonly bias: Float32Array
  /** How often it was met. */
  readonly met: Float32Array
  /** When it was met first, event time in ms; NaN where that is not known. */
  readonly since: Float64Array
  /** What people call a theme; null where it has no words. */
  themeName?(theme: number): string | null
}
