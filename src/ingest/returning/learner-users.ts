import type { LearnerRoom } from '../../records/warehouse.ts'
import { type IdTable, idTable } from '../../state/id-table.ts'

/** What the learner knows of the user of an event: it has them, they are new to all, or it has forgotten them. */
export type Standing = 'known' | 'new' | 'forgotten'

/**
 * Which users the learner has: the same table of ids, touched in the order of the rows, as the learner's own.
 *
 * While no more users came than there is room for, nobody is forgotten and nothing is kept here. Where the room has changed,
 * or nothing is known of the time before, everybody counts as forgotten once: what is told twice does no harm.
 */
export class LearnerUsers {
  readonly room: LearnerRoom
  #table: IdTable | null = null
  #users = 0

  constructor(room: LearnerRoom) {
    this.room = room
  }

  /** So many users came before. */
  count(users: number): void {
    this.#users += users
  }

  /** Whether a batch may need the table, which must be loaded then. */
  mustLoad(events: number): boolean {
    return this.#table === null && (this.room.since > 0 || this.#users + events > this.room.maxUsers)
  }

  /** Users who acted since the room is what it is, in the order of their last rows. */
  load(ids: readonly string[]): void {
    this.#table = idTable(this.room.maxUsers, () => {})
    for (const id of ids) this.#table.touch(id)
  }

  /** A kept event of a user; `isNew` if it is their first. */
  touch(id: string, isNew: boolean): Standing {
    if (this.#table === null) {
      if (isNew) this.#users += 1
      return isNew ? 'new' : 'known'
    }
    const known = this.#table.find(id) >= 0
    this.#table.touch(id)
    if (known) return 'known'
    return isNew ? 'new' : 'forgotten'
  }
}
