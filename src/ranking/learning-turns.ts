import type { SavedArrays } from '../state/saved-arrays.ts'
import { columnSet, intColumn } from '../state/slot-column.ts'

/** Which events the ranker learns from: of targets and of steps as many each, and of all no more than one in so many. */
export interface LearningTurns {
  /** A user's event of this worth has come; returns what it counts if the ranker is to learn from it, else 0. */
  next(user: number, item: number, time: number, worth: number): number
  /** Nothing could be learned from the event that had the last turn, since its item was no candidate: the next turn comes sooner. */
  missed(worth: number): void
  resetUser(user: number): void
  save(users: number): SavedArrays
  restore(arrays: SavedArrays): void
}

/**
 * Where purchases are two of a hundred events, they and all the steps towards them get half of the turns each: a step is
 * worth the share of such steps that a target follows, so that all steps together are worth what the targets are.
 *
 * One event in `every` gets a turn, more in the beginning: the first one and then ever fewer. No user gets
 * two in a row for one item, and what is older than the newest event by more than `oldest` ms gets none: what it was picked from is no more.
 */
export function learningTurns(every: number, oldest: number): LearningTurns {
  // Targets, steps, and what steps were worth in all; how much of a turn targets and steps have saved up; and the newest
  // time.
  const state = Float64Array.of(0, 0, 0, 0, 0, Number.NEGATIVE_INFINITY)
  const lastItem = intColumn(1, -1) // of each user's last turn
  const columns = columnSet({ lastItem })

  return {
    next(user, item, time, worth) {
      state[5] = Math.max(state[5]!, time)
      if (worth <= 0 || time < state[5]! - oldest || item === lastItem.data[user]) return 0
      const target = worth >= 1
      state[target ? 0 : 1]! += 1
      if (!target) state[2]! += worth
      const [targets, steps] = [state[0]!, state[1]!]
      const all = targets + steps
      const turns = 1 / Math.min(every, 1 + all / eager)
      const share = (target ? targets : steps) / all
      const half = targets === 0 || steps === 0 ? 1 : 0.5
      const saved = target ? 3 : 4
      state[saved]! += Math.min(1, (half * turns) / share)
      if (state[saved]! < 1) return 0
      state[saved]! -= 1
      lastItem.data[user] = item
      return target ? 1 : Math.min(most, worth / (state[2]! / steps))
    },
    missed(worth) {
      state[worth >= 1 ? 3 : 4]! += kept
    },
    resetUser: columns.reset,
    save: users => ({ ...columns.save(users), state: state.slice() }),
    restore(arrays) {
      columns.restore(arrays)
      state.set(arrays['state'] as Float64Array)
    },
  }
}

/** Events after which every second one gets a turn. */
const eager = 250
/** What is left of a turn that was missed. */
const kept = 0.75
/** A step may count as much as so many of the usual ones. */
const most = 4
