import { type Part, shardOf } from '../../records/part.ts'

/** Where a part is run now, and where it is to be. */
export interface Move extends Part {
  from: number
  to: number
}

/**
 * Where each part of ingest is run by `from` processes and by `to` of them.
 *
 *     movesBetween(4, { from: 2, to: 4 })[2]   // { part: 2, of: 4, from: 0, to: 2 }
 */
export function movesBetween(parts: number, { from, to }: { from: number; to: number }): Move[] {
  return Array.from({ length: parts }, (_, part) => ({
    ...{ part, of: parts },
    ...{ from: shardOf(part, from), to: shardOf(part, to) },
  }))
}
