import type { Choice } from '../../agents/planning-agent.ts'
import type { SavedArrays } from '../../state/saved-arrays.ts'
import { doubleColumn, intColumn } from '../../state/slot-column.ts'
import { everyRow, userColumns } from '../../state/user-rows.ts'

/** The last list that an agent made for each user, for events that answer it. */
export interface LastLists {
  note(user: number, arm: number, row: number, choices: readonly Choice[]): void
  /** The arm whose agent made the list that an event answers; −1 where no agent did, or another list followed. */
  arm(user: number, answers: number): number
  /** Probability with which that list showed an item at its place; 0 for an item that is not in it. */
  propensity(user: number, item: number): number
  reset(user: number): void
  save(users: number): SavedArrays
  restore(arrays: SavedArrays): void
}

/** Lists of at most `length` items, 12 bytes an item. */
export function lastLists(length: number, rows = everyRow): LastLists {
  const columns = {
    sequence: doubleColumn(),
    arm: intColumn(1, -1),
    items: intColumn(length, -1),
    propensities: doubleColumn(length),
  }
  const { sequence, arm, items, propensities } = columns
  return {
    note(slot, place, number, choices) {
      const user = rows.of(slot)
      sequence.data[user] = number
      arm.data[user] = place
      for (let k = 0, at = user * length; k < length; k++, at++) {
        items.data[at] = choices[k]?.item ?? -1
        propensities.data[at] = choices[k]?.propensity ?? 0
      }
    },
    arm(slot, answers) {
      const user = rows.of(slot)
      return answers > 0 && sequence.data[user] === answers ? arm.data[user]! : -1
    },
    propensity(slot, item) {
      const user = rows.of(slot)
      for (let at = user * length; at < (user + 1) * length; at++) {
        if (items.data[at] === item) return propensities.data[at]!
      }
      return 0
    },
    ...userColumns(columns, rows),
  }
}
