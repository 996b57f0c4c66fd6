import type { Change, InterestBlock } from '../records/interest-block.ts'
import { packColumn, unpackColumn } from './column.ts'

/** A change as its schema has it: one record for all kinds. */
export interface PackedChange {
  before: number
  number: number
  kind: Change['kind']
  id: string
  title: string | null
  features: string
  attributes: string
  tags: readonly string[]
  deleted: boolean
  partition: number
  offset: number
  items: readonly string[]
  until: Buffer
}

const nothing = {
  ...{ title: null, features: '', attributes: '', tags: [], deleted: false, partition: 0, offset: 0 },
  ...{ items: [], until: Buffer.alloc(0) },
}

export function packChange(change: Change): PackedChange {
  return change.kind === 'excluded'
    ? { ...nothing, ...change, until: packColumn(change.until, 'float64') }
    : { ...nothing, ...change }
}

export function unpackChange(packed: PackedChange): Change {
  const { before, number, id, title, features, attributes, tags, deleted, partition, offset, items, until } = packed
  const place = { before, number, id }
  switch (packed.kind) {
    case 'item':
      return { kind: 'item', ...place, title, features, attributes, tags, deleted, partition, offset }
    case 'user':
      return { kind: 'user', ...place, features, attributes, deleted, partition, offset }
    case 'excluded':
      return { kind: 'excluded', ...place, items, until: unpackColumn(until, 'float64') }
  }
}

/** Whether changes come in order, before sequences that there are, each with an until for each item. */
export function areSound({ changes, sequence }: Pick<InterestBlock, 'changes' | 'sequence'>): boolean {
  return changes.every((change, k) => {
    const last = changes[k - 1] ?? { before: 0, number: change.number - 1 }
    if (change.before < last.before || change.before > sequence.length || change.number <= last.number) return false
    if (change.kind !== 'excluded') return true
    return change.items.length === change.until.length && !change.until.some(Number.isNaN)
  })
}
