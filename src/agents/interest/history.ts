import type { SavedArrays } from '../../state/saved-arrays.ts'
import { doubleColumn, floatColumn, intColumn } from '../../state/slot-column.ts'
import { everyRow, userColumns } from '../../state/user-rows.ts'
import type { Catalogue } from '../catalogue.ts'
import type { Shown } from '../planning-agent.ts'
import { contextSize, daysAway, type Happening, recordSize, writeContext, writeRecord } from './record.ts'

/** Moves a network's recurrent state on by one record, in place. */
export type Advance = (record: Float64Array, hidden: Float64Array, cell: Float64Array) => void

/**
 * What a planning agent holds of each user: the last records, the recurrent states that stand before them, the session.
 *
 *     history.look(user, now)                    // → window, rest, taste, states, as of a decision
 *     history.add(user, shown, [actor.advance])  // what came of it
 */
export interface History {
  /** Set by `look`; overwritten by the next one. Window: `positions` vectors, oldest first, zeros before the first record. */
  readonly window: readonly Float64Array[]
  /** Profile and context, [P + C]. */
  readonly rest: Float64Array
  readonly taste: Float32Array
  /** States before the window by network, [H] each. */
  readonly hidden: readonly Float64Array[]
  readonly cell: readonly Float64Array[]
  /** Context of the decision: days away and place in the session. */
  readonly gap: number
  readonly place: number
  look(user: number, time: number): void
  /** Put what came of an item behind the user's records; returns it as it is kept. */
  add(user: number, shown: Shown, advance: readonly Advance[]): Happening
  /** Number of the user's last transition, −1 before the first. */
  transition(user: number): number
  setTransition(user: number, number: number): void
  reset(user: number): void
  save(users: number): SavedArrays
  restore(arrays: SavedArrays): void
}

export function createHistory(
  catalogue: Catalogue,
  { positions, hidden: units, networks }: { positions: number; hidden: number; networks: number },
): History {
  const { itemSize, profileSize } = catalogue
  const columns = {
    items: intColumn(positions, -1),
    // reward, like, gap, place of each record
    outcomes: floatColumn(4 * positions),
    states: floatColumn(2 * units * networks),
    last: doubleColumn(1, Number.NaN),
    session: intColumn(),
    transition: doubleColumn(1, -1),
  }
  const { items, outcomes, states, last, session, transition } = columns
  const { rows = everyRow } = catalogue
  const set = userColumns(columns, rows)
  const window = Array.from({ length: positions }, () => new Float64Array(recordSize(catalogue)))
  const rest = new Float64Array(profileSize + contextSize)
  const profile = new Float32Array(profileSize)
  const taste = new Float32Array(itemSize)
  const hidden = Array.from({ length: networks }, () => new Float64Array(units))
  const cell = Array.from({ length: networks }, () => new Float64Array(units))
  const moved = {
    record: new Float64Array(recordSize(catalogue)),
    hidden: new Float64Array(units),
    cell: new Float64Array(units),
  }
  const happening: Happening = { item: 0, reward: 0, like: 0, gap: 0, place: 0 }
  let decision = { gap: 0, place: 0 }

  /** The row of a user, for whom there is room then. */
  const known = (user: number): number => {
    const row = rows.of(user)
    if (row >= last.data.length || row * positions >= items.data.length) set.reset(user)
    return row
  }
  const recall = (row: number, t: number, into: Float64Array): void => {
    const at = row * positions + t
    const item = items.data[at]!
    if (item < 0) {
      into.fill(0)
      return
    }
    const from = 4 * at
    happening.item = item
    happening.reward = outcomes.data[from]!
    happening.like = outcomes.data[from + 1]!
    happening.gap = outcomes.data[from + 2]!
    happening.place = outcomes.data[from + 3]!
    writeRecord(into, 0, catalogue.itemVectors(), itemSize, happening)
  }
  const contextAt = (row: number, time: number) => {
    const gap = Number.isNaN(last.data[row]!) ? 0 : daysAway(time - last.data[row]!)
    return { gap, place: gap > 0 ? 0 : session.data[row]! }
  }

  return {
    ...{ window, rest, taste, hidden, cell },
    get gap() {
      return decision.gap
    },
    get place() {
      return decision.place
    },
    look(user, time) {
      const row = known(user)
      for (let t = 0; t < positions; t++) recall(row, t, window[t]!)
      catalogue.readProfile(user, profile)
      catalogue.readTaste(user, taste)
      rest.set(profile)
      decision = contextAt(row, time)
      writeContext(rest, profileSize, decision.gap, decision.place)
      let from = 2 * units * networks * row
      for (let n = 0; n < networks; n++, from += 2 * units) {
        for (let k = 0; k < units; k++) {
          hidden[n]![k] = states.data[from + k]!
          cell[n]![k] = states.data[from + units + k]!
        }
      }
    },
    add(user, { item, reward, like, time }, advance) {
      const row = known(user)
      const { gap, place } = contextAt(row, time)
      const first = row * positions
      if (items.data[first]! >= 0) {
        recall(row, 0, moved.record)
        let from = 2 * units * networks * row
        for (let n = 0; n < networks; n++, from += 2 * units) {
          moved.hidden.set(states.data.subarray(from, from + units))
          moved.cell.set(states.data.subarray(from + units, from + 2 * units))
          advance[n]!(moved.record, moved.hidden, moved.cell)
          states.data.set(moved.hidden, from)
          states.data.set(moved.cell, from + units)
        }
      }
      items.data.copyWithin(first, first + 1, first + positions)
      outcomes.data.copyWithin(4 * first, 4 * (first + 1), 4 * (first + positions))
      const end = first + positions - 1
      items.data[end] = item
      outcomes.data.set([reward, like, gap, place], 4 * end)
      last.data[row] = Number.isNaN(last.data[row]!) ? time : Math.max(time, last.data[row]!)
      session.data[row] = place + 1
      return { item, reward, like, gap, place }
    },
    transition(user) {
      const row = rows.of(user)
      return transition.data[row] ?? -1
    },
    setTransition(user, number) {
      const row = rows.of(user)
      transition.data[row] = number
    },
    reset: set.reset,
    save: set.save,
    restore: set.restore,
  }
}
