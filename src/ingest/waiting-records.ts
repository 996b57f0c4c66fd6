import { type Beginning, isKnownFrom } from '../records/beginning.ts'
import { impossibleTimestamp, isDated } from '../records/checks/time.ts'
import type { PipelineDefinition } from '../records/definition.ts'
import type { Collected } from './collect/collect.ts'

export interface WaitingOptions {
  /** A record dated further ahead of events, before one that is due, is refused, ms. */
  maxFutureMs: number
  /** Dates up to here say nothing of when a record was written: an import gives them to all profiles and items, ms. */
  undatedUpTo: number
}

/** What a pipeline says of the dates of its profiles and items. */
export function datesOf({ clean, epoch }: PipelineDefinition): WaitingOptions {
  return { maxFutureMs: clean.maxFutureMs, undatedUpTo: epoch }
}

/**
 * Profiles or items that no event has passed in time yet; an event sees what was written up to its own timestamp.
 *
 * Within a partition the order of the log holds: a record waits behind an earlier one that is dated later. Those of several
 * partitions are taken in order of time: a key whose partition has changed, since some were added, ends with its newest value.
 *
 * A record from the future is found out by one behind it: what was written later is dated in what is the past by now. It
 * is given out as rejected, and holds up nothing; without one behind it, it waits, and holds up nothing either.
 */
export class WaitingRecords<T> {
  readonly #queues = new Map<number, Queue<T>>()
  readonly #maxFutureMs: number
  readonly #undatedUpTo: number
  /** What is known from the beginning, by partition: it is due at once, whatever its time. */
  known: ReadonlyMap<number, Beginning> = new Map()
  /** Records that are still to come and are left out. */
  readonly #excluded = new Set<string>()
  #count = 0

  constructor({ maxFutureMs, undatedUpTo }: WaitingOptions) {
    this.#maxFutureMs = maxFutureMs
    this.#undatedUpTo = undatedUpTo
  }

  get count(): number {
    return this.#count
  }

  /** Records of a partition that wait. */
  countOf(partition: number): number {
    return this.#queues.get(partition)?.entries.length ?? 0
  }

  add(collected: Collected<T>): void {
    const { record } = collected
    const { partition, offset, timestamp } = record
    // Only a rebuild leaves out any: no text is made for each record otherwise.
    if (this.#excluded.size > 0 && this.#excluded.delete(placeOf(partition, offset))) return
    const impossible = impossibleTimestamp(timestamp)
    const entry = impossible === null ? collected : refused(collected, impossible)
    let queue = this.#queues.get(partition)
    if (queue === undefined) {
      queue = { entries: [], newest: Number.NEGATIVE_INFINITY, behind: [] }
      this.#queues.set(partition, queue)
    }
    queue.entries.push(entry)
    this.#count += 1
    const known = this.#knownOf(partition)
    if (known !== null && isKnownFrom(known, record)) return
    if (timestamp > this.#undatedUpTo && timestamp < queue.newest - this.#maxFutureMs) queue.behind.push(entry)
    if (isDated(timestamp) && timestamp > queue.newest) queue.newest = timestamp
  }

  /** Leave out a record of which it is recorded that it was refused, whether it waits or is still to come. */
  exclude(partition: number, offset: number): void {
    const queue = this.#queues.get(partition)
    const entries = queue?.entries.filter(({ record }) => record.offset !== offset)
    if (queue === undefined || entries!.length === queue.entries.length) {
      this.#excluded.add(placeOf(partition, offset))
      return
    }
    queue.entries = entries!
    this.#count -= 1
  }

  /** Take what was written up to a timestamp (ms), in order within a partition; `refuse` what holds it up from the future. */
  take(timestamp: number, refuse = true): Collected<T>[] {
    if (this.#count === 0) return []
    const taken: Collected<T>[] = []
    const due: Due<T>[] = []
    for (const [partition, queue] of this.#queues) {
      if (refuse && queue.behind.length > 0) this.#refuse(queue, timestamp, this.#knownOf(partition))
      const { entries } = queue
      const known = this.#knownOf(partition)
      let count = 0
      while (count < entries.length && timeOf(entries[count]!, known) <= timestamp) count += 1
      if (count === 0) continue
      if (this.#queues.size === 1) for (let k = 0; k < count; k++) taken.push(entries[k]!)
      else addDue(due, { partition, known }, entries, count)
      queue.entries = entries.slice(count)
    }
    for (const { entry } of due.sort(inTime)) taken.push(entry)
    this.#count -= taken.length
    return taken
  }

  /** Offset of the first record of a partition that waits, null where none does. */
  firstOf(partition: number): number | null {
    return this.#queues.get(partition)?.entries[0]?.record.offset ?? null
  }

  /** Whether `take` would take anything. */
  due(timestamp: number): boolean {
    for (const [partition, { entries }] of this.#queues) {
      if (entries.length > 0 && timeOf(entries[0]!, this.#knownOf(partition)) <= timestamp) return true
    }
    return false
  }

  /** All that waits, left where it is. */
  all(): Collected<T>[] {
    return [...this.#queues.values()].flatMap(({ entries }) => entries)
  }

  #knownOf(partition: number): Beginning | null {
    return this.known.size === 0 ? null : (this.known.get(partition) ?? null)
  }

  /** Refuse what is dated far ahead of events and stands before a record that is due. */
  #refuse(queue: Queue<T>, timestamp: number, known: Beginning | null): void {
    const last = queue.behind.findLast(({ record }) => record.timestamp <= timestamp)
    if (last === undefined) return
    queue.entries = queue.entries.map(entry => {
      const { offset } = entry.record
      if (offset >= last.record.offset || timeOf(entry, known) <= timestamp + this.#maxFutureMs) return entry
      const [date, later] = [entry, last].map(({ record }) => new Date(record.timestamp).toISOString())
      return refused(entry, `The record's timestamp is ${date}, and one that was written after it is of ${later}.`)
    })
    queue.behind = queue.behind.slice(queue.behind.indexOf(last) + 1)
    queue.newest = queue.entries.reduce((time, entry) => Math.max(time, timeOf(entry, known)), Number.NEGATIVE_INFINITY)
  }
}

interface Queue<T> {
  entries: Collected<T>[]
  /** The newest timestamp of one that waits, or has waited, ms. */
  newest: number
  /** Those that are dated well before one that they wait behind. */
  behind: Collected<T>[]
}

interface Due<T> {
  entry: Collected<T>
  /** The newest timestamp of its partition up to it, so that what waited stays behind what it waited for, ms. */
  time: number
  partition: number
}

function addDue<T>(
  due: Due<T>[],
  { partition, known }: { partition: number; known: Beginning | null },
  entries: readonly Collected<T>[],
  count: number,
): void {
  let time = Number.NEGATIVE_INFINITY
  for (let k = 0; k < count; k++) {
    time = Math.max(time, timeOf(entries[k]!, known))
    due.push({ entry: entries[k]!, time, partition })
  }
}

function inTime(a: Due<unknown>, b: Due<unknown>): number {
  // Of two that are refused neither has a time: Infinity minus Infinity is none.
  return a.time === b.time ? a.partition - b.partition : a.time - b.time
}

function refused<T>({ record }: Collected<T>, message: string): Collected<T> {
  return { record, reason: 'impossible-time', message }
}

/** When a record is due; one that is refused for its time, or known from the beginning, at once. */
function timeOf(entry: Collected<unknown>, known: Beginning | null): number {
  const isRefused = 'reason' in entry && entry.reason === 'impossible-time'
  const isKnown = known !== null && isKnownFrom(known, entry.record)
  return isRefused || isKnown ? Number.NEGATIVE_INFINITY : entry.record.timestamp
}

function placeOf(partition: number, offset: number): string {
  return `${partition}@${offset}`
}
