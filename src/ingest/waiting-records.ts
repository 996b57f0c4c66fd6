import type { Collected } from './collect/collect.ts'

/**
 * Profiles or items that no event has passed in time yet; an event sees what was written up to its own timestamp.
 *
 * Within a partition the order of the log holds: a record waits behind an earlier one that is dated later. Those of several
 * partitions are taken in order of time: a key whose partition has changed, since some were added, ends with its newest value.
 */
export class WaitingRecords<T> {
  readonly #queues = new Map<number, Collected<T>[]>()
  #count = 0

  get count(): number {
    return this.#count
  }

  add(entry: Collected<T>): void {
    const queue = this.#queues.get(entry.record.partition)
    if (queue === undefined) this.#queues.set(entry.record.partition, [entry])
    else queue.push(entry)
    this.#count += 1
  }

  /** Take what was written up to a timestamp (ms), in order within a partition. */
  take(timestamp: number): Collected<T>[] {
    if (this.#count === 0) return []
    const taken: Collected<T>[] = []
    const due: Due<T>[] = []
    for (const [partition, queue] of this.#queues) {
      let count = 0
      while (count < queue.length && queue[count]!.record.timestamp <= timestamp) count += 1
      if (count === 0) continue
      if (this.#queues.size === 1) for (let k = 0; k < count; k++) taken.push(queue[k]!)
      else addDue(due, partition, queue, count)
      this.#queues.set(partition, queue.slice(count))
    }
    for (const { entry } of due.sort(inTime)) taken.push(entry)
    this.#count -= taken.length
    return taken
  }

  /** Offset of the first record of a partition that waits, null where none does. */
  firstOf(partition: number): number | null {
    return this.#queues.get(partition)?.[0]?.record.offset ?? null
  }

  /** Whether `take` would take anything. */
  due(timestamp: number): boolean {
    for (const queue of this.#queues.values())
      if (queue.length > 0 && queue[0]!.record.timestamp <= timestamp) return true
    return false
  }

  /** All that waits, left where it is. */
  all(): Collected<T>[] {
    return [...this.#queues.values()].flat()
  }
}

interface Due<T> {
  entry: Collected<T>
  /** The newest timestamp of its partition up to it, so that what waited stays behind what it waited for, ms. */
  time: number
  partition: number
}

function addDue<T>(due: Due<T>[], partition: number, queue: readonly Collected<T>[], count: number): void {
  let time = Number.NEGATIVE_INFINITY
  for (let k = 0; k < count; k++) {
    time = Math.max(time, queue[k]!.record.timestamp)
    due.push({ entry: queue[k]!, time, partition })
  }
}

function inTime(a: Due<unknown>, b: Due<unknown>): number {
  return a.time - b.time || a.partition - b.partition
}
