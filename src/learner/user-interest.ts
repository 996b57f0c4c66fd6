import type { SavedArrays } from '../state/saved-arrays.ts'
import { doubleColumn, floatColumn, intColumn } from '../state/slot-column.ts'
import { everyRow, userColumns } from '../state/user-rows.ts'

/**
 * What the learner holds of each user beside the short window that travels with every sequence: the recurrent state
 * that stands before the window, and the residuals of the last predictions (reward − what was predicted).
 */
export interface UserInterest {
  /** Copy the state before the window. */
  read(user: number, hidden: Float64Array, cell: Float64Array): void
  /** The state after one more record has left the window; `time` is that record's. */
  write(user: number, hidden: Float64Array, cell: Float64Array, time: number): void
  /** Time of the last record that left the window, ms; NaN if none did. */
  leftTime(user: number): number
  note(user: number, item: number, time: number, reward: number, residual: number): void
  /** The residual noted for this record, NaN if it is not among the last ones. */
  residual(user: number, item: number, time: number): number
  /** The records that were noted last, by rising time. */
  noted(user: number): NotedRecord[]
  /** Number of the user's last transition in the replay buffer, −1 before the first. */
  transition(user: number): number
  setTransition(user: number, number: number): void
  reset(user: number): void
  save(users: number): SavedArrays
  restore(arrays: SavedArrays): void
}

/** A record as it was noted: its item as a slot. */
export interface NotedRecord {
  item: number
  time: number
  reward: number
  residual: number
}

export function userInterest(size: number, positions: number, rows = everyRow): UserInterest {
  const columns = {
    hidden: floatColumn(size),
    cell: floatColumn(size),
    left: doubleColumn(1, Number.NaN),
    items: intColumn(positions, -1),
    times: doubleColumn(positions),
    rewards: floatColumn(positions),
    residuals: floatColumn(positions),
    noted: intColumn(),
    transition: doubleColumn(1, -1),
  }
  const { hidden, cell, left, items, times, rewards, residuals, noted, transition } = columns
  return {
    read(slot, intoHidden, intoCell) {
      const user = rows.of(slot)
      for (let k = 0, from = user * size; k < size; k++, from++) {
        intoHidden[k] = hidden.data[from]!
        intoCell[k] = cell.data[from]!
      }
    },
    write(slot, fromHidden, fromCell, time) {
      const user = rows.of(slot)
      hidden.data.set(fromHidden, user * size)
      cell.data.set(fromCell, user * size)
      left.data[user] = time
    },
    leftTime(slot) {
      const user = rows.of(slot)
      return left.data[user]!
    },
    note(slot, item, time, reward, residual) {
      const user = rows.of(slot)
      const at = user * positions + (noted.data[user]! % positions)
      items.data[at] = item
      times.data[at] = time
      rewards.data[at] = reward
      residuals.data[at] = residual
      noted.data[user] = (noted.data[user]! + 1) % positions
    },
    residual(slot, item, time) {
      const user = rows.of(slot)
      for (let at = user * positions; at < (user + 1) * positions; at++) {
        if (items.data[at] === item && times.data[at] === time) return residuals.data[at]!
      }
      return Number.NaN
    },
    noted(slot) {
      const user = rows.of(slot)
      const records: NotedRecord[] = []
      for (let k = 0; k < positions; k++) {
        const at = user * positions + ((noted.data[user]! + k) % positions)
        const [item, time] = [items.data[at]!, times.data[at]!]
        if (item >= 0) records.push({ item, time, reward: rewards.data[at]!, residual: residuals.data[at]! })
      }
      return records.sort((a, b) => a.time - b.time)
    },
    transition(slot) {
      const user = rows.of(slot)
      return transition.data[user]!
    },
    setTransition(slot, number) {
      const user = rows.of(slot)
      transition.data[user] = number
    },
    ...userColumns(columns, rows),
  }
}
