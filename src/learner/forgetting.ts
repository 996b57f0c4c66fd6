import type { Command } from '../records/command.ts'
import type { Accepted } from './arms/arm-control.ts'
import type { FirstLists } from './event/first-lists.ts'
import type { LearnerParts } from './learner-parts.ts'
import type { Merges } from './merges.ts'

/** Whether an id is one of the person whom a command to forget names. */
export type IsOf = (command: Command, id: string) => boolean

/** People who are forgotten, each at a row. */
export interface Forgetting {
  /** A command as it holds from a row on; nothing changes before it is scheduled. */
  accept(command: Command, row: number): Accepted
  schedule(command: Command): void
  /** What comes next is the sequence of a row: who is to be forgotten before it is. */
  begin(row: number): void
  /** A learner is brought back: what it is to do then is scheduled again. */
  restore(): void
}

/**
 * Forgetting of people, in the order in which it was asked for.
 *
 *     forgetting.schedule({ ...command, kind: 'forget', appliedAt: 2042 })
 *     forgetting.begin(2042)   // nobody of that id is known
 *
 * What is held of a user goes: their place, what stands in it, their transitions in every replay buffer, their merges, the
 * list that they wait for. What was learned from many stays as it is: the weights, and counts in which nobody stands alone.
 */
export function forgetting(
  parts: Pick<LearnerParts, 'users' | 'pages' | 'resetUser' | 'agent' | 'interest' | 'arms'>,
  others: { merged: Pick<Merges, 'forget'>; first: Pick<FirstLists, 'forget'>; settle: () => void; isOf: IsOf },
): Forgetting {
  const { users, pages, resetUser, agent, interest, arms } = parts
  let scheduled: Command[] = []

  const forget = (command: Command): void => {
    const isTheirs = (id: string) => others.isOf(command, id)
    // Training reads what is replayed.
    others.settle()
    for (let slot = 0; slot < users.size; slot++) {
      if (!isTheirs(users.id(slot))) continue
      pages.bring(slot)
      agent.memory.forget(interest.transition(slot))
      arms.forget(slot)
      resetUser(slot, users.forget(slot))
    }
    others.merged.forget(isTheirs)
    others.first.forget(isTheirs)
  }

  return {
    accept: (command, row) => ({
      command: { ...command, appliedAt: row, forget: { ...command.forget!, stage: 'accepted' } },
      followed: true,
    }),
    schedule(command) {
      if (!scheduled.some(({ commandId }) => commandId === command.commandId)) scheduled.push(command)
    },
    begin(row) {
      if (scheduled.length === 0) return
      const due = scheduled.filter(({ appliedAt }) => appliedAt! <= row)
      for (const command of due) forget(command)
      if (due.length > 0) pages.rewrite()
      scheduled = scheduled.filter(({ appliedAt }) => appliedAt! > row)
    },
    restore() {
      scheduled = []
    },
  }
}
