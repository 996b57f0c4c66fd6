import type { Scale } from '../records/definition.ts'
import type { SavedArrays } from '../state/saved-arrays.ts'
import { doubleColumn } from '../state/slot-column.ts'
import { everyRow, type UserRows, userColumns } from '../state/user-rows.ts'

/** What a behaviour is to lists: what they are for, a wish against its item, or (neither) a step towards what they are for. */
export interface BehaviourRole {
  target: boolean
  against: boolean
}

/** How much events say for their items. */
export interface EventWorth {
  /** The number of a behaviour; one that is not known any more is a step. */
  number(behaviour: string): number
  /**
   * What an event of a user says for its item (0 … 1] or against it [−1 … 0), as things are known before it.
   *
   * A target is 1, a wish against −1; a step is the share of such steps that a target follows. A rating below the user's own
   * mean and a target that fell short are against, the more the further below.
   */
  of(user: number, behaviour: number, reward: number): number
  /** Learn from an event what such events are worth; `before` is the set of the user's behaviours towards the item until then. */
  learn(user: number, behaviour: number, reward: number, before: number): void
  resetUser(user: number): void
  save(users: number): SavedArrays
  restore(arrays: SavedArrays): void
}

export interface EventWorthOptions {
  behaviours: readonly string[]
  roles: Readonly<Record<string, BehaviourRole>>
  scale: Scale
  /** Users' rows may be on disk. */
  rows?: UserRows
}

/**
 * The worth of events, learned as they come.
 *
 *     const worth = eventWorth({ behaviours: ['view', 'buy'], roles, scale: { kind: 'watch', positiveFrom: 0.5 } })
 *     worth.of(user, worth.number('view'), 0.1)   // 0.1 to begin with, then the share of views that a purchase followed
 */
export function eventWorth({ behaviours, roles, scale, rows = everyRow }: EventWorthOptions): EventWorth {
  const numbers = new Map(behaviours.map((name, number) => [name, number]))
  const unknown = { target: false, against: false }
  const kinds: readonly BehaviourRole[] = [...behaviours.map(name => roles[name]!), unknown]
  const targets = kinds.reduce((set, { target }, number) => (target ? set | setOf(number) : set), 0)
  const steps = new Float64Array(kinds.length)
  const followed = new Float64Array(kinds.length)
  const given = new Float64Array(kinds.length) // sum of rewards by behaviour, from which a step's worth begins
  const rated = new Float64Array(3) // events of targets, their rewards, how many were picks
  const sums = doubleColumn()
  const counts = doubleColumn()
  const columns = userColumns({ sums, counts }, rows)

  /** What a user gives on the whole, drawn to what everybody gives. */
  const meanOf = (user: number): number => {
    const everybody = (rated[1]! + 0.5 * few) / (rated[0]! + few)
    const row = rows.of(user)
    return (sums.data[row]! + everybody * few) / (counts.data[row]! + few)
  }

  const ofTarget = (user: number, reward: number): number => {
    if (scale.kind === 'rating') {
      const difference = reward - meanOf(user)
      return difference >= 0 ? 1 : Math.max(-1, 2 * difference)
    }
    if (reward >= scale.positiveFrom) return 1
    // Where most of what is shown is passed over, one more says little.
    const picked = (rated[2]! + 0.5 * few) / (rated[0]! + few)
    return -picked * (1 - reward / scale.positiveFrom)
  }

  return {
    number: behaviour => numbers.get(behaviour) ?? behaviours.length,
    of(user, behaviour, reward) {
      const { target, against } = kinds[behaviour]!
      if (against) return -1
      if (target) return ofTarget(user, reward)
      const all = steps[behaviour]!
      const begin = Math.min(mostBegin, (given[behaviour]! + reward) / (all + 1))
      return Math.min(1, Math.max(leastStep, (followed[behaviour]! + begin * many) / (all + many)))
    },
    learn(user, behaviour, reward, before) {
      const { target, against } = kinds[behaviour]!
      if (target) {
        rated[0]! += 1
        rated[1]! += reward
        if (scale.kind === 'rating' || reward >= scale.positiveFrom) rated[2]! += 1
        const row = rows.of(user)
        sums.data[row]! += reward
        counts.data[row]! += 1
        if ((before & targets) !== 0) return
        for (let number = 0; number < kinds.length; number++) if (before & setOf(number)) followed[number]! += 1
      } else if (!against && (before & setOf(behaviour)) === 0) {
        steps[behaviour]! += 1
        given[behaviour]! += reward
      }
    },
    resetUser: columns.reset,
    save: users => ({
      ...columns.save(users),
      steps: steps.slice(),
      followed: followed.slice(),
      given: given.slice(),
      rated: rated.slice(),
    }),
    restore(arrays) {
      columns.restore(arrays)
      steps.set(arrays['steps'] as Float64Array)
      followed.set(arrays['followed'] as Float64Array)
      given.set(arrays['given'] as Float64Array)
      rated.set(arrays['rated'] as Float64Array)
    },
  }
}

/** The set of one behaviour, by its number; those from the 24th on count as one, so that a set fits a 32-bit float exactly. */
export const setOf = (behaviour: number): number => 1 << Math.min(behaviour, 23)

/** Events that a mean of all weighs in a user's own, and steps that what they give weighs in what they were worth. */
const few = 3
const many = 50
const leastStep = 0.01
const mostBegin = 0.9
