import type { LastRow, LearnerRoom } from '../../records/warehouse.ts'
import { type IdTable, idTable } from '../../state/id-table.ts'
import { MergedUsers } from './merged-users.ts'

/** What the learner knows of the user of an event: it has them, they are new to all, or it has forgotten them. */
export type Standing = 'known' | 'new' | 'forgotten'

/**
 * Which users the learner has: a table of ids as its own, touched in the order of the rows.
 *
 * While no more users came than there is room for, nobody is forgotten and nothing is kept here. Where the room has changed,
 * or nothing is known of the time before, everybody counts as forgotten once: what is told twice does no harm.
 *
 * When users are said to be one, the learner follows at a row that is not known here. So each of their ids counts as
 * forgotten once, and is told of all that any of them did; and again after another of them acted, whom the learner may forget
 * before it follows. From then on, whoever was among the last users here is so
 * there: two ids that are one take no more room than two.
 */
export class LearnerUsers {
  readonly room: LearnerRoom
  readonly merged = new MergedUsers()
  #table: IdTable | null = null
  #users = 0
  /** Merged users who are in the table and were not told of since. */
  readonly #untold = new Set<string>()

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
  load(users: readonly LastRow[]): void {
    this.#table = idTable(this.room.maxUsers, () => {})
    for (const { userId, sequence } of users) {
      this.#table.touch(userId)
      this.#tell(userId, sequence)
    }
  }

  /** Two users are one, as is heard after a row; false where that was known. */
  hear(fromUser: string, toUser: string, since: number): boolean {
    if (!this.merged.hear({ fromUser, toUser, since })) return false
    for (const id of this.merged.ids(toUser)) if ((this.#table?.find(id) ?? -1) >= 0) this.#untold.add(id)
    return true
  }

  /** A kept event of a user, in a row; `isNew` if it is their first. */
  touch(id: string, isNew: boolean, sequence: number): Standing {
    if (this.#table === null) {
      if (isNew) this.#users += 1
      return isNew ? 'new' : 'known'
    }
    const known = this.#table.find(id) >= 0 && !this.#untold.has(id)
    this.#table.touch(id)
    this.#tell(id, sequence)
    if (known) return 'known'
    return isNew && !this.merged.has(id) ? 'new' : 'forgotten'
  }

  /** A row of theirs tells of all that was heard before it, and of nothing that others of theirs have yet to be told. */
  #tell(id: string, sequence: number): void {
    if (!this.merged.has(id)) return
    for (const other of this.merged.ids(id)) if (other !== id && this.#table!.find(other) >= 0) this.#untold.add(other)
    if (sequence > this.merged.since(id)) this.#untold.delete(id)
    else this.#untold.add(id)
  }
}
