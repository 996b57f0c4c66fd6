import type { Log } from '../log/log.ts'
import { partitionOf } from '../log/partitioner.ts'
import type { Reached } from '../records/question.ts'
import { BoundedMap } from '../state/bounded-map.ts'

/** Where the newest events stand that this service wrote for users: what their lists must know. */
export interface OwnWrites {
  /** The log has acknowledged events of these users. */
  wrote(userIds: Iterable<string>): void
  /** A place at or behind the user's newest event; null where nothing was written here of late. */
  after(userId: string): Promise<Reached | null>
  /** The user's newest event is known up to there: it need not be waited for again. */
  known(userId: string, reached: Reached): void
}

/** One look at the ends of a topic's partitions; null until it came back, or where it did not. */
type Look = Promise<readonly number[] | null>

/** That many users are remembered. */
const users = 100_000

/**
 * Remembers of each user how far the log must be known. An append tells no offsets, so the ends of the partitions are looked up
 * behind it, once for all that was appended since the last look; they may lie a little too far.
 */
export function ownWrites(log: Pick<Log, 'ranges'>, topic: string): OwnWrites {
  const looks = new BoundedMap<Look>(users)
  let looking: Look | null = null
  let next: Look | null = null

  const look = async () => {
    const ranges = await log.ranges(topic).catch(() => null)
    return ranges?.map(({ end }) => end) ?? null
  }
  /** A look that begins after this call: one that is on its way may have passed the partition. */
  const fresh = (): Look => {
    if (looking === null) {
      looking = look().finally(() => {
        looking = null
      })
      return looking
    }
    next ??= looking.then(() => {
      next = null
      return fresh()
    })
    return next
  }
  const placeOf = (userId: string, ends: readonly number[] | null): Reached | null => {
    if (ends === null) return null
    const partition = partitionOf(userId, ends.length)
    return { partition, offset: ends[partition]! - 1 }
  }

  return {
    wrote(userIds) {
      const ends = fresh()
      for (const userId of userIds) looks.set(userId, ends)
      looks.trim()
    },
    async after(userId) {
      const ends = looks.get(userId)
      return ends === undefined ? null : placeOf(userId, await ends)
    },
    known(userId, { partition, offset }) {
      const ends = looks.get(userId)
      void ends?.then(found => {
        const place = placeOf(userId, found)
        const isKnown = place?.partition === partition && place.offset <= offset
        if (isKnown && looks.get(userId) === ends) looks.delete(userId)
      })
    },
  }
}
