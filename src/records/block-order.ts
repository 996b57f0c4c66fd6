/**
 * That the learner took a block of a part, written down before it acted on it: of several parts, rows have the numbers of the order
 * in which they were taken.
 *
 * Row r of the part, `from` < r ≤ `to`, is the learner's row `base` + r. Lists, versions, commands, followers and people's SQL know
 * those alone; a part's own numbers stand in its tables and on its partitions.
 */
export interface BlockTaken {
  part: number
  /** The part's newest row before the block, and with it; the same where it holds nothing but changes. */
  from: number
  to: number
  /** The part's newest change with the block. */
  change: number
  /** What is added to the part's row numbers. */
  base: number
  /** Where the block stands on the part's partition of interest-sequences; it may stand elsewhere after the topic was made again. */
  offset: number
}
