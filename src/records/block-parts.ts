import type { InterestBlock, SequenceTrace } from './interest-block.ts'

/** A block without sequences. */
export function emptyBlock(): InterestBlock {
  return {
    sequence: [],
    partition: [],
    offset: [],
    user: [],
    item: [],
    behaviour: [],
    time: [],
    reward: [],
    like: [],
    signals: [],
    answers: [],
    late: [],
    count: [],
    shortCount: [],
    shortItem: [],
    shortTime: [],
    shortReward: [],
    users: [],
    items: [],
    behaviours: [],
    changes: [],
    traces: [],
  }
}

/** Columns with a number for each sequence. */
export const blockColumns = [
  'sequence',
  'partition',
  'offset',
  'user',
  'item',
  'behaviour',
  'time',
  'reward',
  'like',
  'signals',
  'answers',
  'late',
  'count',
  'shortCount',
] as const
/** Columns with a number for each record of the short windows. */
export const shortColumns = ['shortItem', 'shortTime', 'shortReward'] as const

/** The traces of these sequences. */
export function tracesOf(
  { sequence }: Pick<InterestBlock, 'sequence'>,
  all: readonly SequenceTrace[],
): SequenceTrace[] {
  if (all.length === 0) return []
  const rows = new Set(sequence)
  return all.filter(trace => rows.has(trace.sequence))
}

/** The entries of a table that these columns point to, in the order of the table; the columns point to them then. */
export function onlyUsed<T>(table: readonly T[], ...indexes: number[][]): T[] {
  const used = [...new Set(indexes.flat())].sort((a, b) => a - b)
  const place = new Map(used.map((index, i) => [index, i]))
  for (const column of indexes) for (let i = 0; i < column.length; i++) column[i] = place.get(column[i]!)!
  return used.map(index => table[index]!)
}

/** These sequences of a block (indexes, rising), with the strings that they need and all of its changes. */
export function picked(block: InterestBlock, kept: readonly number[]): InterestBlock {
  const own = emptyBlock()
  const starts: number[] = []
  for (let k = 0, at = 0; k < block.shortCount.length; at += block.shortCount[k++]!) starts.push(at)
  for (const name of blockColumns) own[name] = kept.map(k => block[name][k]!)
  for (const name of shortColumns) {
    own[name] = kept.flatMap(k => block[name].slice(starts[k]!, starts[k]! + block.shortCount[k]!))
  }
  own.users = onlyUsed(block.users, own.user)
  own.items = onlyUsed(block.items, own.item, own.shortItem)
  own.behaviours = onlyUsed(block.behaviours, own.behaviour)
  // A change stands before the first sequence that is left behind it.
  own.changes = block.changes.map(change => {
    const place = kept.findIndex(k => k >= change.before)
    return { ...change, before: place < 0 ? kept.length : place }
  })
  own.traces = tracesOf(own, block.traces)
  return own
}
