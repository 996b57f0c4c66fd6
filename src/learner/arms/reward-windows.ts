import type { ArmSample } from '../../arms/sequential-test.ts'
import { prefixed, type SavedArrays, withPrefix } from '../../state/saved-arrays.ts'
import { columnSet, doubleColumn, intColumn } from '../../state/slot-column.ts'

/** What the users of each arm bring in the days after their first list. */
export interface RewardWindows {
  /** Event time so far, ms. */
  readonly clock: number
  event(user: number, time: number, reward: number): void
  /** A list of an arm; a user's first one begins the window, and it counts for this arm. */
  list(user: number, arm: number, time: number): void
  /** Close windows that are over; true when there were any. */
  settle(): boolean
  /** Users whose windows are over: how many, mean and variance of the reward, by arm. */
  sample(arm: number): ArmSample
  /** Begin an arm anew. */
  forget(arm: number): void
  reset(user: number): void
  save(users: number): SavedArrays
  restore(arrays: SavedArrays): void
}

/** Events that come late by up to this much still count, ms. */
const grace = 3_600_000

/**
 * A user is one number: the sum of rewards with an event time in (first list, first list + `days`], counted once the newest
 * event time has passed that by an hour. It counts for the arm of the first list, whatever shares become: who came back
 * after a move is no fair sample of those who were moved. A user whom the learner has forgotten is a new one.
 */
export function rewardWindows(arms: number, days: number): RewardWindows {
  const span = days * 86_400_000
  const columns = { arm: intColumn(1, -1), start: doubleColumn(1, Number.NaN), sum: doubleColumn() }
  const { arm: armOf, start, sum } = columns
  const set = columnSet(columns)
  /** n, mean, sum of squared deviations (Welford 1962). */
  const totals = new Float64Array(3 * arms)
  const clock = Float64Array.of(Number.NEGATIVE_INFINITY)
  // Windows in the order in which they began; one whose user was forgotten is stale.
  let users: number[] = []
  let starts: number[] = []
  let head = 0

  const stale = (k: number) => start.data[users[k]!] !== starts[k]
  const tidy = () => {
    const kept = users.map((_, k) => k).filter(k => k >= head && !stale(k))
    users = kept.map(k => users[k]!)
    starts = kept.map(k => starts[k]!)
    head = 0
  }
  const count = (arm: number, value: number) => {
    const at = 3 * arm
    totals[at]! += 1
    const off = value - totals[at + 1]!
    totals[at + 1]! += off / totals[at]!
    totals[at + 2]! += off * (value - totals[at + 1]!)
  }

  return {
    get clock() {
      return clock[0]!
    },
    event(user, time, reward) {
      if (time > clock[0]!) clock[0] = time
      const from = start.data[user]!
      if (time > from && time <= from + span) sum.data[user]! += reward
    },
    list(user, arm, time) {
      if (armOf.data[user]! >= 0) return
      armOf.data[user] = arm
      start.data[user] = time
      sum.data[user] = 0
      users.push(user)
      starts.push(time)
    },
    settle() {
      let closed = false
      for (; head < users.length && starts[head]! + span + grace <= clock[0]!; head++) {
        if (stale(head)) continue
        const user = users[head]!
        count(armOf.data[user]!, sum.data[user]!)
        start.data[user] = Number.NaN
        closed = true
      }
      if (head > 1024 || users.length > 2 * start.data.length) tidy()
      return closed
    },
    sample(arm) {
      const [n, mean, squares] = totals.subarray(3 * arm, 3 * arm + 3) as unknown as [number, number, number]
      return { n, mean, variance: n > 1 ? squares / (n - 1) : 0 }
    },
    forget(arm) {
      totals.fill(0, 3 * arm, 3 * arm + 3)
    },
    reset: set.reset,
    save(count) {
      tidy()
      return {
        ...prefixed('users', set.save(count)),
        queue: Int32Array.from(users),
        starts: Float64Array.from(starts),
        totals: totals.slice(),
        clock: clock.slice(),
      }
    },
    restore(arrays) {
      set.restore(withPrefix('users', arrays))
      users = [...(arrays['queue'] as Int32Array)]
      starts = [...(arrays['starts'] as Float64Array)]
      head = 0
      totals.set(arrays['totals'] as Float64Array)
      clock.set(arrays['clock'] as Float64Array)
    },
  }
}
