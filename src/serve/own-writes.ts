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

/** One look at the last records of a topic's partitions; null until it came back, or where it did not. */
type Look = Promise<readonly number[] | null>

/** That many users are remembered. */
const users = 100_000

/**
 * Remembers of each user how far the log must be known. An append tells no offsets, so the last records of the partitions are
 * looked up behind it, once for all that was appended since the last look; they may lie a little too far.
 */
export function ownWrites(log: Pick<Log, 'kind' | 'ranges' | 'newest'>, topic: string): OwnWrites {
  const looks = new BoundedMap<Look>(users)
  let looking: Look | null = null
  let next: Look | null = null

  const look = async () => {
    try {
      return await lastRecords(log, topic)
    } catch {
      return null
    }
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
  const placeOf = (userId: string, last: readonly number[] | null): Reached | null => {
    if (last === null) return null
    const partition = partitionOf(userId, last.length)
    return { partition, offset: last[partition]! }
  }

  return {
    wrote(userIds) {
      const last = fresh()
      for (const userId of userIds) looks.set(userId, last)
      looks.trim()
    },
    async after(userId) {
      const last = looks.get(userId)
      return last === undefined ? null : placeOf(userId, await last)
    },
    known(userId, { partition, offset }) {
      const last = looks.get(userId)
      void last?.then(found => {
        const place = placeOf(userId, found)
        const isKnown = place?.partition === partition && place.offset <= offset
        if (isKnown && looks.get(userId) === last) looks.delete(userId)
      })
    },
  }
}

/**
 * Offsets of the last records by partition. On Kafka a transaction ends with a marker, which nobody reads; what lies behind that
 * and cannot be read yet may be ours, behind somebody else's open transaction, so there the end counts.
 */
async function lastRecords(log: Pick<Log, 'kind' | 'ranges' | 'newest'>, topic: string): Promise<number[]> {
  const ranges = await log.ranges(topic)
  const newest = log.kind === 'kafka' ? await log.newest(topic) : []
  const readable = new Map(newest.map(({ partition, offset }) => [partition, offset]))
  return ranges.map(({ partition, end }) => {
    const offset = readable.get(partition)
    return offset !== undefined && offset >= end - 2 ? offset : end - 1
  })
}
