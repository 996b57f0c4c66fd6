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
  /** Write the P numbers of a user's profile. */
  readProfile(user: number, into: Float32Array): void
  /** Write the D numbers of a user's taste: what a factorisation knows of the user, in the coordinates of item vectors. */
  readTaste(user: number, into: Float32Array): void
}
