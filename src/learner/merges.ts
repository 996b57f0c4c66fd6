import type { Command } from '../records/command.ts'
import type { SavedArrays } from '../state/saved-arrays.ts'
import type { Accepted } from './arms/arm-control.ts'
import type { LiveArms } from './arms/live-arms.ts'
import type { LearnerParts } from './learner-parts.ts'
import type { UserPages } from './users/user-pages.ts'

/** Users who turned out to be one: whoever was not known, and whom that was. */
export interface Merges {
  /** Whose the events of this id are, after the merges so far. */
  whoIs(userId: string): string
  /** A command as it holds from a row on; nothing changes before it is scheduled. */
  accept(command: Command, row: number): Accepted
  schedule(command: Command): void
  /** The sequence of a row is about to be consumed: what is scheduled for it takes effect. */
  begin(row: number): void
  /** Somebody is forgotten: no id of theirs is another one's. */
  forget(isTheirs: (id: string) => boolean): void
  save(): SavedArrays
  restore(arrays: SavedArrays): void
}

/**
 * Merges of users, each at its row.
 *
 *     merges.schedule({ ...command, kind: 'merge', fromUser: 'cookie-17', toUser: 'ann', appliedAt: 2042 })
 *     merges.begin(2042)
 *     merges.whoIs('cookie-17')   // 'ann'
 *
 * Whoever was not known yet under the second name goes on under it with all that was learned; else what the first one took
 * is added to what is known of the second, who is then as recently active as the later of the two. No user is made by it, so
 * that who is remembered follows from the events of each. A million merges are remembered; of more, the oldest are forgotten.
 */
export function merges(
  parts: Pick<LearnerParts, 'users' | 'mergeUsers'> & {
    pages: Pick<UserPages, 'bring'>
    arms: Pick<LiveArms, 'renamed'>
  },
  most = mostMerges,
): Merges {
  const { users, pages, arms, mergeUsers } = parts
  const names = new Map<string, string>()
  let scheduled: Command[] = []

  const whoIs = (userId: string): string => {
    let id = userId
    for (let next = names.get(id); next !== undefined; next = names.get(id)) id = next
    return id
  }
  const apply = ({ fromUser, toUser }: Command): void => {
    const [from, to] = [whoIs(fromUser!), whoIs(toUser!)]
    if (from === to) return
    names.set(from, to)
    if (names.size > most) names.delete(names.keys().next().value!)
    const slot = users.find(from)
    if (slot < 0) return
    const known = users.find(to)
    pages.bring(slot)
    if (known < 0) {
      users.rename(from, to)
      arms.renamed(slot)
    } else {
      pages.bring(known)
      mergeUsers(slot, known)
      users.yield(slot, known)
    }
  }
  const namesTwo = ({ fromUser, toUser }: Command) => [fromUser, toUser].every(id => id !== null && id !== '')
  const isUsable = (command: Command) => namesTwo(command) && whoIs(command.fromUser!) !== whoIs(command.toUser!)

  return {
    whoIs,
    accept(command, row) {
      const taken = { ...command, appliedAt: row }
      if (isUsable(command)) return { command: taken, followed: true }
      const reason = `Refused: it needs two users who are not one already. ${command.reason}`.trim()
      return { command: { ...taken, reason }, followed: false }
    },
    schedule(command) {
      // Who are one by now may not be by then: one of them may be forgotten before.
      if (namesTwo(command)) scheduled.push(command)
    },
    begin(row) {
      while (scheduled.length > 0 && scheduled[0]!.appliedAt! <= row) apply(scheduled.shift()!)
    },
    forget(isTheirs) {
      for (const [from, to] of names) if (isTheirs(from) || isTheirs(to)) names.delete(from)
    },
    save: () => ({ names: new Uint8Array(Buffer.from(JSON.stringify([...names]))) }),
    restore(arrays) {
      scheduled = []
      names.clear()
      const saved = JSON.parse(Buffer.from(arrays['names'] as Uint8Array).toString()) as [string, string][]
      for (const [from, to] of saved) names.set(from, to)
    },
  }
}

const mostMerges = 1_000_000
