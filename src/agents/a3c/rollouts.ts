import type { SavedArrays } from '../../state/saved-arrays.ts'
import { intColumn } from '../../state/slot-column.ts'
import { everyRow, userColumns } from '../../state/user-rows.ts'
import type { Transitions } from '../interest/transitions.ts'
import { choosable } from './choosable.ts'

/** How the steps of a rollout hang together: whose next step is which. */
export interface Chain {
  /** Places whose states have to be valued: of the steps, and of what came after the last one of each user. */
  states: Int32Array
  /** Of each step: its own state and the next one's, by index in `states`; and which step is next, −1 if it is none of these. */
  at: Int32Array
  next: Int32Array
  following: Int32Array
}

/** What has been observed and not yet learned from, and what could be chosen at each of it. */
export interface Rollouts {
  /** Items are about to be chosen for a user from those that are allowed. */
  offer(user: number, items: number, allowed: (item: number) => boolean): void
  /** A transition of this number was observed. */
  add(user: number, number: number): void
  /** Places of all steps whose next one is known, oldest first, to be learned from now; none if there are fewer than `least`. */
  take(least: number): Int32Array
  chain(places: Int32Array): Chain
  /** −10⁹ for what could not be chosen at each step, else 0. [B × I] */
  mask(places: Int32Array, items: number): Float32Array
  reset(user: number): void
  /** What stands at these places is not learned from. */
  forget(places: readonly number[]): void
  save(users: number): SavedArrays
  restore(arrays: SavedArrays): void
}

/** Items in the list of what could not be chosen at a step, at most: more than a user's last hundred. */
const longestList = 127

/** Transitions of `memory`, which holds `capacity` of them. */
export function createRollouts(memory: Transitions, capacity: number, rows = everyRow): Rollouts {
  const sets = choosable(longestList)
  const offered = intColumn(sets.width)
  const users = userColumns({ offered }, rows)
  const offers = new Int32Array(capacity * sets.width)
  const waiting = new Uint8Array(capacity)
  const rowOf = new Map<number, number>()

  return {
    offer(user, items, allowed) {
      const row = rows.of(user)
      offered.reserve(row + 1)
      sets.write(offered.data, row, items, allowed)
    },
    add(user, number) {
      const row = rows.of(user)
      offered.reserve(row + 1)
      const place = number % capacity
      offers.set(offered.data.subarray(row * sets.width, (row + 1) * sets.width), place * sets.width)
      waiting[place] = 1
    },
    take(least) {
      const places: number[] = []
      for (let number = Math.max(0, memory.added - capacity); number < memory.added; number++) {
        const place = number % capacity
        if (waiting[place] === 1 && memory.next(place) >= 0) places.push(place)
      }
      if (places.length < least) return new Int32Array(0)
      for (const place of places) waiting[place] = 0
      return Int32Array.from(places)
    },
    chain(places) {
      rowOf.clear()
      const states = [...places]
      places.forEach((place, row) => {
        rowOf.set(place, row)
      })
      const following = places.map(place => rowOf.get(memory.next(place)) ?? -1)
      const next = places.map((place, row) => {
        if (following[row]! >= 0) return following[row]!
        states.push(memory.next(place))
        return states.length - 1
      })
      return { states: Int32Array.from(states), at: places.map((_, row) => row), next, following }
    },
    mask(places, items) {
      const logits = new Float32Array(places.length * items)
      places.forEach((place, b) => {
        sets.mask(offers, place, logits, b * items, items)
      })
      return logits
    },
    reset: users.reset,
    forget(places) {
      for (const place of places) {
        waiting[place] = 0
        offers.fill(0, place * sets.width, (place + 1) * sets.width)
      }
    },
    save(count) {
      offered.reserve(count)
      return { ...users.save(count), offers: offers.slice(), waiting: waiting.slice() }
    },
    restore(arrays) {
      users.restore(arrays)
      offers.set(arrays['offers']!)
      waiting.set(arrays['waiting']!)
    },
  }
}
