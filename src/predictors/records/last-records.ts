import type { SavedArrays } from '../../state/saved-arrays.ts'
import { sessionGapMs } from '../../state/session-gap.ts'
import { doubleColumn, floatColumn, intColumn } from '../../state/slot-column.ts'
import { everyRow, userColumns } from '../../state/user-rows.ts'
import { lastKept, lastWidth, signalCount } from './records-layout.ts'

/** A user's last records, and where the user stands in a session. */
export interface LastRecords {
  /** Write `lastKept` records, newest first, and the session: zeros where there are none. Means are those of the signals. */
  read(user: number, time: number, context: number, means: Float64Array, into: Float64Array, at: number): void
  add(user: number, signals: Float64Array, context: number, time: number): void
  reset(user: number): void
  save(users: number): SavedArrays
  restore(arrays: SavedArrays): void
}

const hourMs = 3_600_000

export function lastRecords(rows = everyRow): LastRecords {
  const signals = floatColumn(lastKept * signalCount)
  const contexts = intColumn(lastKept)
  const gaps = floatColumn(lastKept)
  const count = doubleColumn()
  const times = doubleColumn()
  const sessionStarts = doubleColumn()
  const places = doubleColumn()
  const sinceLast = (user: number, time: number) =>
    count.data[user] === 0 ? Number.POSITIVE_INFINITY : Math.max(0, time - times.data[user]!)

  return {
    read(slot, time, context, means, into, start) {
      const user = rows.of(slot)
      const events = count.data[user]!
      let at = start
      for (let back = 1; back <= lastKept; back++, at += lastWidth) {
        if (back > events) continue
        const place = user * lastKept + ((events - back) % lastKept)
        for (let s = 0; s < signalCount; s++) into[at + s] = signals.data[place * signalCount + s]! - means[s]!
        into[at + signalCount] = contexts.data[place] === context ? 1 : 0
        into[at + signalCount + 1] = gaps.data[place]!
      }
      const gap = sinceLast(user, time)
      const goesOn = gap < sessionGapMs.predictors
      into[at++] = events === 0 ? 1 : 0
      into[at++] = gapOf(gap)
      into[at++] = gap < 2000 ? 1 : 0
      into[at++] = goesOn ? Math.log1p(places.data[user]!) / 2 : 0
      into[at++] = goesOn ? Math.log1p(Math.max(0, time - sessionStarts.data[user]!) / 1000) / 7 : 0
      const hour = ((time / hourMs) % 24) * (Math.PI / 12)
      into[at++] = Math.sin(hour)
      into[at] = Math.cos(hour)
    },
    add(slot, values, context, time) {
      const user = rows.of(slot)
      const gap = sinceLast(user, time)
      const place = user * lastKept + (count.data[user]! % lastKept)
      for (let s = 0; s < signalCount; s++) signals.data[place * signalCount + s] = values[s]!
      contexts.data[place] = context
      gaps.data[place] = gapOf(gap)
      if (gap >= sessionGapMs.predictors) {
        sessionStarts.data[user] = time
        places.data[user] = 0
      }
      places.data[user]! += 1
      count.data[user]! += 1
      times.data[user] = time
    },
    ...userColumns({ signals, contexts, gaps, count, times, sessionStarts, places }, rows),
  }
}

/** A logarithm about zero; 1 without a record before. */
const gapOf = (ms: number): number => Math.min(1, Math.log1p(Math.min(ms, 1e9) / 1000) / 7 - 1)
