import { type Random, seededRandom } from '../../../../state/random.ts'
import { prefixed, type SavedArrays, withPrefix } from '../../../../state/saved-arrays.ts'
import { byteColumn, columnSet, doubleColumn, floatColumn, intColumn } from '../../../../state/slot-column.ts'
import { finishedSessions, kinds } from './finished-sessions.ts'
import type { UserMemory } from './user-memory.ts'

/** Of the fourteen state numbers those that are kept of a session's beginning. */
const stateUsed = [2, 3, 4, 5, 6, 9, 11, 12]
export const sessionStateSize = stateUsed.length

/** The session that every user is in, what is held for it, and those that are over. */
export interface Sessions {
  readonly finished: ReturnType<typeof finishedSessions>
  /** What holds for the session that a decision at this time falls into, good until the next call; its kind beside it. */
  hold(user: number, time: number): { kind: number; numbers: Float64Array }
  /** Before `memory.add`, and after `memory.look`: something is shown that may begin a session. */
  enter(user: number, moment: number, step: number, learn: boolean): void
  /** What came of it. */
  gather(user: number, time: number, reward: number, own: boolean): void
  /** End the sessions of those who have not come back for so long that they may never, as if they came back now. */
  endLost(step: number, days: number): void
  forget(user: number): void
  reset(user: number): void
  save(users: number): SavedArrays
  restore(arrays: SavedArrays): void
}

export interface SessionsSetup {
  memory: UserMemory
  /** Finished sessions that are kept, numbers that are held for each. */
  capacity: number
  width: number
  /** Of what the numbers held for a session follow from. */
  key: Float64Array
  /** Shares of sessions now that are served by the base's weights and by the learned ones as they are. */
  shares: () => { base: number; mean: number }
  /** Draw what is held for a session of a kind. */
  draw: (kind: number, random: Random, into: Float64Array) => void
  stateSize: number
}

/**
 * Sessions by gaps in event time. What holds for one follows from key, user and beginning alone, so that to ask for it changes
 * nothing, whoever asks and how often.
 *
 * Rewards count within [0, 1]. Of a session in which some items were chosen elsewhere, the share of the others counts.
 */
export function userSessions(setup: SessionsSetup): Sessions {
  const { memory, width, key, shares, draw } = setup
  const finished = finishedSessions(setup.capacity, width, sessionStateSize)
  const columns = {
    numbers: floatColumn(width),
    kind: byteColumn(),
    start: doubleColumn(1, Number.NaN),
    step: doubleColumn(),
    state: floatColumn(sessionStateSize),
    /** The newest event, ms; 1 once the session was ended without a next one. */
    last: doubleColumn(1, Number.NaN),
    lost: byteColumn(),
    reward: doubleColumn(),
    shown: intColumn(),
    own: intColumn(),
    row: doubleColumn(1, -1),
  }
  const set = columnSet(columns)
  const clock = new Float64Array(1)
  const held = { kind: kinds.base as number, numbers: new Float64Array(width) }
  const state = new Float64Array(setup.stateSize)
  const used = new Float64Array(sessionStateSize)

  const known = (user: number) => {
    if (user >= columns.row.data.length) for (const column of Object.values(columns)) column.reserve(user + 1)
  }
  const begun = (user: number, beginning: number) => {
    const random = seededRandom(key[0]!, `${user} ${beginning}`)
    const { base, mean } = shares()
    const at = random.uniform()
    held.kind = at < base ? kinds.base : at < base + mean ? kinds.mean : kinds.noise
    draw(held.kind, random, held.numbers)
    return held
  }
  /** True where the session says something. */
  const finish = (user: number, time: number): boolean => {
    if (columns.lost.data[user] === 1) {
      finished.returned(columns.row.data[user]!, (time - columns.start.data[user]!) / day)
      return true
    }
    const [shown, own] = [columns.shown.data[user]!, columns.own.data[user]!]
    if (shown === 0 || own === 0) return false
    columns.row.data[user] = finished.add(
      {
        numbers: columns.numbers.data.subarray(user * width, (user + 1) * width),
        state: columns.state.data.subarray(user * sessionStateSize, (user + 1) * sessionStateSize),
        kind: columns.kind.data[user]!,
        reward: columns.reward.data[user]!,
        days: (time - columns.start.data[user]!) / day,
        own: own / shown,
        step: columns.step.data[user]!,
      },
      columns.row.data[user]!,
    )
    return true
  }

  return {
    finished,
    hold(user, time) {
      known(user)
      if (memory.begins(user, time)) return begun(user, time)
      held.kind = columns.kind.data[user]!
      for (let k = 0; k < width; k++) held.numbers[k] = columns.numbers.data[user * width + k]!
      return held
    },
    enter(user, moment, step, learn) {
      known(user)
      if (!memory.begins(user, moment)) return
      if (learn) finish(user, moment)
      begun(user, moment)
      columns.numbers.data.set(held.numbers, user * width)
      columns.kind.data[user] = held.kind
      columns.start.data[user] = moment
      columns.lost.data[user] = 0
      columns.step.data[user] = step
      columns.reward.data[user] = 0
      columns.shown.data[user] = 0
      columns.own.data[user] = 0
      memory.writeState(state)
      for (const [k, place] of stateUsed.entries()) used[k] = state[place]!
      columns.state.data.set(used, user * sessionStateSize)
    },
    gather(user, time, reward, own) {
      columns.last.data[user] = time
      clock[0] = Math.max(clock[0]!, time)
      columns.reward.data[user]! += Math.min(1, Math.max(0, reward))
      columns.shown.data[user]! += 1
      if (own) columns.own.data[user]! += 1
    },
    endLost(step, days) {
      const least = clock[0]! - day * days
      for (let user = 0; user < columns.row.data.length; user++) {
        // Elsewhere time may run apart for everybody (people of a world, say): then events tell who is gone.
        if (columns.lost.data[user] === 1 || step - columns.step.data[user]! < patience) continue
        if (!(columns.last.data[user]! < least)) continue
        if (finish(user, clock[0]!)) columns.lost.data[user] = 1
      }
    },
    forget: user => finished.forget(columns.row.data[user] ?? -1),
    reset: set.reset,
    save: users => {
      known(users - 1)
      return { ...set.save(users), clock: clock.slice(), ...prefixed('finished', finished.save()) }
    },
    restore(arrays) {
      set.restore(arrays)
      clock.set(arrays['clock'] as Float64Array)
      finished.restore(withPrefix('finished', arrays))
    },
  }
}

const day = 86_400_000
/** Events of everybody after which somebody who shows nothing new may be gone. */
const patience = 10_000
