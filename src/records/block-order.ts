/**
 * That the learner took a block of a part, written down before it acted on it: of several parts, rows have the numbers of the order
 * in which they were taken.
 *
 * Row r of the part, `from` < r ≤ `to`, is the learner's row `base` + r; change c, `changeFrom` < c ≤ `change`, is its change
 * `changeBase` + c. Lists, versions, commands, followers and people's SQL know those alone; a part's own numbers stand in its
 * tables and on its partitions.
 */
export interface BlockTaken {
  part: number
  /** The part's newest row before the block, and with it; the same where it holds nothing but changes. */
  from: number
  to: number
  /** What is added to the part's row numbers; it may be less than 0. */
  base: number
  /** The part's newest change before the block, and with it. */
  changeFrom: number
  change: number
  /** What is added to the part's change numbers. */
  changeBase: number
  /** Where the block stands on the part's partition of interest-sequences; it may stand elsewhere after the topic was made again. */
  offset: number
}

/** How far a part was taken. */
export interface PartReached {
  row: number
  change: number
  /** Where its partition is read on. */
  offset: number
}

/** How far a learner of several parts has come. */
export interface OrderReached {
  /** In its own numbers. */
  row: number
  change: number
  /** In their own numbers, in the order of the parts. */
  parts: readonly PartReached[]
}

/** A record of the order: what was reached before it, and what was taken then. */
export interface BlockOrder extends OrderReached {
  taken: readonly BlockTaken[]
}

/**
 * A block of a part as the next one that is taken.
 *
 *     const before = { row: 12, change: 3, parts: [{ row: 5, change: 1, offset: 2 }, { row: 7, change: 2, offset: 4 }] }
 *     takenNext(before, { part: 0, to: 9, change: 1, offset: 2 })   // rows 6 … 9 of part 0 are the rows 13 … 16
 */
export function takenNext(
  { row, change, parts }: OrderReached,
  block: Pick<BlockTaken, 'part' | 'to' | 'change' | 'offset'>,
): BlockTaken {
  const { row: from, change: changeFrom } = parts[block.part]!
  return { ...block, from, base: row - from, changeFrom, changeBase: change - changeFrom }
}

/** What is reached once a block is taken. */
export function reachedWith({ parts }: OrderReached, taken: BlockTaken): OrderReached {
  const { part, to, base, change, changeBase, offset } = taken
  const own: PartReached = { row: to, change, offset: offset + 1 }
  return { row: base + to, change: changeBase + change, parts: parts.with(part, own) }
}

/** What is reached once all blocks of a record are taken. */
export function reachedAfter({ taken, ...before }: BlockOrder): OrderReached {
  return taken.reduce<OrderReached>(reachedWith, before)
}
