import { givenAway, prefixed, type SavedArrays, withPrefix } from '../../state/saved-arrays.ts'
import { intColumn } from '../../state/slot-column.ts'
import { everyRow, type UserRows } from '../../state/user-rows.ts'
import { createHistories, type Histories } from './histories.ts'

/**
 * Which user took which item, and the reward: the last events of each user, of each item, and of all.
 *
 * A slot passes from id to id; each time its version is a new number, and events that name an earlier version do not count.
 */
export interface Interactions {
  /** Value 0 is the reward; further ones are the caller's. */
  readonly ofUsers: Histories
  readonly ofItems: Histories
  /** The version of a slot: a number that its present holder alone has. */
  userVersion(slot: number): number
  itemVersion(slot: number): number
  /** The same of all slots, for loops; good until a slot is reset. */
  userVersions(): Int32Array
  itemVersions(): Int32Array
  /** Remember an event; gives its place in the user's history. */
  add(user: number, item: number, reward: number): number
  /** Events held in the ring of all, and the user and item of the n-th of them, −1 where one is gone. */
  readonly held: number
  pastUser(n: number): number
  pastItem(n: number): number
  /** A user's events are remembered of another user too, as the newest. */
  mergeUsers(from: number, into: number): void
  resetUser(slot: number): void
  resetItem(slot: number): void
  /** A guest stands in a slot that is nobody's: no event of it will come. */
  guestUser(slot: number): void
  /** The slot is of an item without events, and has no version yet. */
  knowItem(slot: number): void
  save(users: number, items: number): SavedArrays
  restore(arrays: SavedArrays): void
}

export function createInteractions(options: {
  /** Events remembered of each user and item. */
  history: number
  /** Events remembered of all. */
  past: number
  /** Numbers beside each event of a user, the reward among them. */
  width: number
  /** Users' rows may be on disk. */
  rows?: UserRows
}): Interactions {
  const { past } = options
  const ofUsers = createHistories({ cap: options.history, width: options.width, rows: options.rows ?? everyRow })
  const ofItems = createHistories({ cap: options.history, width: 1 })
  const users = intColumn()
  const items = intColumn()
  let admitted = 0
  let events = 0
  // Four numbers an event: user, item and the versions of their slots.
  let ring = new Int32Array(4 * Math.min(past, 1024))

  const grow = () => {
    const room = new Int32Array(Math.min(4 * past, 2 * ring.length))
    room.set(ring)
    ring = room
  }

  return {
    ofUsers,
    ofItems,
    userVersion: slot => users.data[slot]!,
    itemVersion: slot => items.data[slot]!,
    userVersions: () => users.data,
    itemVersions: () => items.data,
    add(user, item, reward) {
      if (events < past && 4 * events === ring.length) grow()
      const at = 4 * (events % past)
      ring[at] = user
      ring[at + 1] = item
      ring[at + 2] = users.data[user]!
      ring[at + 3] = items.data[item]!
      events += 1
      const byItem = ofItems.push(item, user, users.data[user]!)
      ofItems.values[byItem] = reward
      const byUser = ofUsers.push(user, item, items.data[item]!)
      ofUsers.values[byUser * ofUsers.width] = reward
      return byUser
    },
    get held() {
      return Math.min(events, past)
    },
    pastUser(n) {
      const user = ring[4 * n]!
      return users.data[user] === ring[4 * n + 2] ? user : -1
    },
    pastItem(n) {
      const item = ring[4 * n + 1]!
      return items.data[item] === ring[4 * n + 3] ? item : -1
    },
    mergeUsers(from, into) {
      const { width } = ofUsers
      const count = ofUsers.to(from) - ofUsers.from(from)
      for (let k = 0; k < count; k++) {
        // Read anew each time: the pool may have moved.
        const event = ofUsers.from(from) + k
        const at = ofUsers.push(into, ofUsers.partners[event]!, ofUsers.versions[event]!)
        for (let v = 0; v < width; v++) ofUsers.values[at * width + v] = ofUsers.values[event * width + v]!
      }
    },
    resetUser(slot) {
      this.guestUser(slot)
      users.data[slot] = nextVersion()
    },
    guestUser(slot) {
      users.reserve(slot + 1)
      ofUsers.reset(slot)
    },
    resetItem(slot) {
      this.knowItem(slot)
      items.data[slot] = nextVersion()
    },
    knowItem(slot) {
      items.reserve(slot + 1)
      ofItems.reset(slot)
    },
    save: (userSlots, itemSlots) => ({
      ...prefixed('users', ofUsers.save(userSlots)),
      ...prefixed('items', ofItems.save(itemSlots)),
      userTenants: users.save(userSlots),
      itemTenants: items.save(itemSlots),
      ...givenAway({ ring: ring.slice(0, 4 * Math.min(events, past)) }),
      counts: Float64Array.of(admitted, events),
    }),
    restore(arrays) {
      ofUsers.restore(withPrefix('users', arrays))
      ofItems.restore(withPrefix('items', arrays))
      users.restore(arrays['userTenants'] as Int32Array)
      items.restore(arrays['itemTenants'] as Int32Array)
      const saved = arrays['ring'] as Int32Array
      ring = new Int32Array(Math.min(4 * past, Math.max(4096, saved.length)))
      ring.set(saved)
      const [admittedThen, eventsThen] = arrays['counts'] as Float64Array
      admitted = admittedThen!
      events = eventsThen!
    },
  }

  /** Versions are numbered through the 31 bits that an event has room for. */
  function nextVersion(): number {
    admitted = (admitted + 1) % 0x7fffffff
    return admitted
  }
}
