import type { Change, ExcludedChange, InterestBlock, UserChange } from '../../records/interest-block.ts'
import type { LearnerParts } from '../learner-parts.ts'
import type { FirstLists } from './first-lists.ts'

/** Takes in what became known between events. */
export interface ChangeReader {
  /** Number of the newest change taken in, 0 before the first. */
  readonly reached: number
  /** A block is about to be read from its sequence `from` on. */
  begin(block: InterestBlock, from: number): void
  /** Take in what became known before the block's k-th sequence, and was not taken in before. */
  before(k: number): void
  set(reached: number): void
}

/**
 * Changes of items and profiles, in the order of the log; what earlier versions told that users bring back is put to who they are now, as `whoIs` says.
 *
 *     changes.begin(block, from)
 *     for (let k = from; k < to; k++) {
 *       changes.before(k)
 *       read(block, k)
 *     }
 *     if (to === block.sequence.length) changes.before(to)
 */
export function changeReader(
  {
    known,
    show,
    users,
    pages,
    userAttributes,
  }: Pick<LearnerParts, 'known' | 'show' | 'users' | 'pages' | 'userAttributes'>,
  first: Pick<FirstLists, 'profile' | 'remove'>,
  whoIs: (userId: string) => string,
): ChangeReader {
  let changes: readonly Change[] = []
  let next = 0
  let reached = 0

  const apply = (change: Change) => {
    switch (change.kind) {
      case 'item':
        return known.take(change)
      case 'user':
        return ofUser(change)
      case 'excluded':
        return bringBack(users.touch(whoIs(change.id)), change)
    }
  }
  /** The user comes with the next sequence, and so has a place from now on. */
  const bringBack = (user: number, { items, until }: ExcludedChange) => {
    pages.bring(user)
    show.put(user, items, until)
  }
  /** Features are taken in with the user's next event; rules may ask for attributes before. */
  const ofUser = ({ id, features, attributes, deleted }: UserChange) => {
    const user = users.find(id)
    if (user >= 0) {
      pages.bring(user)
      userAttributes.set(user, attributes)
    } else if (deleted) first.remove(id)
    else first.profile(id, features, attributes)
  }

  return {
    get reached() {
      return reached
    },
    begin(block, from) {
      changes = block.changes
      next = changes.findIndex(change => change.before >= from)
      if (next < 0) next = changes.length
    },
    before(k) {
      for (; next < changes.length && changes[next]!.before <= k; next++) {
        const change = changes[next]!
        if (change.number <= reached) continue
        apply(change)
        reached = change.number
      }
    },
    set(number) {
      reached = number
    },
  }
}
