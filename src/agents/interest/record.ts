import { sessionGapMs } from '../../state/session-gap.ts'
import type { Catalogue } from '../catalogue.ts'

/** What happened with one item, as it is kept: the record's vector follows from it and the item's vector. */
export interface Happening {
  item: number
  /** In [0, 1]; 1 if the item was liked, else 0. */
  reward: number
  like: number
  /** Days since the user's record before it, 0 inside a session, and records before it in the session. */
  gap: number
  place: number
}

const day = 86_400_000

/** Days that count as time away: none inside a session, where the next item follows when the last one is over. */
export const daysAway = (elapsed: number): number => (elapsed < sessionGapMs.agents ? 0 : elapsed / day)

/** Context of a decision: a new session or not, days away, place in the session. */
export const contextSize = 3
export function writeContext(into: Float64Array | Float32Array, at: number, gap: number, place: number): void {
  into[at] = gap > 0 ? 1 : 0
  into[at + 1] = Math.log1p(4 * gap)
  into[at + 2] = Math.min(place, 60) / 20
}

/** Numbers in a record: [e, e·2(r − ½), r, like, context, 1]. The last is a constant, so that all zeros pad a window. */
export const recordSize = (catalogue: Pick<Catalogue, 'itemSize'>): number => 2 * catalogue.itemSize + contextSize + 3

export function writeRecord(
  into: Float64Array | Float32Array,
  at: number,
  vectors: Float32Array,
  size: number,
  { item, reward, like, gap, place }: Happening,
): void {
  const from = item * size
  const lean = 2 * reward - 1
  for (let k = 0; k < size; k++) {
    const number = vectors[from + k]!
    into[at + k] = number
    into[at + size + k] = number * lean
  }
  let to = at + 2 * size
  into[to++] = reward
  into[to++] = like
  writeContext(into, to, gap, place)
  into[to + contextSize] = 1
}
