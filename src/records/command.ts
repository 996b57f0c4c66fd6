/** What a person, or the guard, wants done with the arms or the users of a pipeline; as it stands on the commands topic. */
export interface Command {
  /** Unique; an applied command stands again under its id. */
  commandId: string
  kind: CommandKind
  /**
   * `shares`: what each arm gets from now on, relative to the others; an arm that is not named gets nothing. Once a command is
   * taken in: the shares that it led to, whatever its kind.
   */
  shares: Readonly<Record<string, number>>
  /** `promote`: the arm that everybody gets from now on; `guard`: the one that was taken out. Else null. */
  arm: string | null
  /** `merge`: the user who was not known, and whom that was; else null. */
  fromUser: string | null
  toUser: string | null
  /** When it was given, ms since 1970 by the clock of whoever gave it. */
  time: number
  /** Why, in words; may be empty. */
  reason: string
  /** Row number of the sequence before which the learner took it in; null on a command as it was given. */
  appliedAt: number | null
}

/**
 * `roll-back` undoes the newest command about arms that is not undone yet; `guard` is what a learner did by itself; `merge`
 * says that two users are one.
 */
export type CommandKind = 'shares' | 'promote' | 'roll-back' | 'guard' | 'merge'

/** Header of a block of interest sequences: the offset on the commands topic up to which ingest had read when it made it. */
export const mergesReadHeader = 'recstream-merges-read'

export const commandKinds: readonly CommandKind[] = ['shares', 'promote', 'roll-back', 'guard', 'merge']
