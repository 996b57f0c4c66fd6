/** The events that an agent learns from and is judged on, in order of time, with features as dense rows. */
export interface World {
  readonly users: number
  readonly items: number
  /** [users, U] and [items, I] */
  readonly userFeatures: Float32Array
  readonly itemFeatures: Float32Array
  /** By event. */
  readonly user: Int32Array
  readonly item: Int32Array
  /** Real rewards in [0, 1]. */
  readonly reward: Float32Array
  /** Time of the event, 0 at the first and 1 at the last. */
  readonly time: Float32Array
  /** Time since the user's event before, as a number of the order of one. */
  readonly gap: Float32Array
  /** What each event is for; see `purposes`. */
  readonly purpose: Uint8Array
}

/** Weights are fitted to `fit` events, `validation` ones pick the round to report, `test` ones are reported. */
export const purposes = { fit: 0, validation: 1, test: 2 } as const

/** Events of some users next to each other, so that they can be worked on as one matrix. B users, T events of each. */
export interface Chunk {
  /** [B] */
  readonly users: Int32Array
  readonly events: number
  /**
   * [T + 5, B]: rows of the world. The last T are the events to predict; each of them sees those before it, of which the
   * five before the first come along for the short window. −1 where there is none.
   */
  readonly rows: Int32Array
}

/** Records in the short window. */
export const positions = 5

/**
 * Users with about as many events go together, so that little of a matrix is padding; each bucket is cut into chunks that
 * follow each other in time.
 *
 *     for (const bucket of buckets(world, 32)) for (const chunk of chunks(world, bucket, 32, row => ...)) ...
 */
export interface Bucket {
  readonly users: Int32Array
  /** Rows of each user's events, in order of time. */
  readonly sequences: readonly Int32Array[]
}

export function buckets(world: World, usersPerBatch: number): Bucket[] {
  const counts = new Int32Array(world.users)
  for (const user of world.user) counts[user]! += 1
  const sequences = Array.from(counts, count => new Int32Array(count))
  counts.fill(0)
  for (let row = 0; row < world.user.length; row++) sequences[world.user[row]!]![counts[world.user[row]!]!++] = row
  const order = Int32Array.from(sequences.keys()).sort((a, b) => counts[a]! - counts[b]! || a - b)
  const present = order.filter(user => counts[user]! > 0)
  return Array.from({ length: Math.ceil(present.length / usersPerBatch) }, (_, n) => {
    const users = present.slice(n * usersPerBatch, (n + 1) * usersPerBatch)
    return { users, sequences: Array.from(users, user => sequences[user]!) }
  })
}

/** The chunks of a bucket up to the last event for which `wanted` holds; the last chunk is as short as that allows. */
export function chunks(bucket: Bucket, eventsPerChunk: number, wanted: (row: number) => boolean): Chunk[] {
  const end = Math.max(0, ...bucket.sequences.map(sequence => sequence.findLastIndex(wanted) + 1))
  const result: Chunk[] = []
  for (let from = 0; from < end; from += eventsPerChunk) {
    const events = Math.min(eventsPerChunk, end - from)
    const batch = bucket.users.length
    const rows = new Int32Array(batch * (events + positions)).fill(-1)
    bucket.sequences.forEach((sequence, b) => {
      const first = Math.max(0, from - positions)
      const last = Math.min(sequence.length, from + events)
      for (let at = first; at < last; at++) rows[(at - from + positions) * batch + b] = sequence[at]!
    })
    result.push({ users: bucket.users, events, rows })
  }
  return result
}
