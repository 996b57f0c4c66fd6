import { prefixed, type SavedArrays, withPrefix } from '../state/saved-arrays.ts'
import { columnSet, doubleColumn, intColumn } from '../state/slot-column.ts'
import { type ItemTags, itemTags, slotMask } from './item-tags.ts'
import { mostLent, type OwnItems } from './own-items.ts'
import { rowPool } from './row-pool.ts'

/** Items of the people whose last items are like a user's. */
export interface Neighbours {
  /** A user came to an item for the first time. */
  note(user: number, item: number): void
  /** Somebody's items have changed, so that what was gathered is out of date. */
  changed(): void
  /**
   * Look for the neighbours of a user whose last items, newest first, are `history`; their items, each once, are then the
   * first ones of `items`, how many of them is returned, and `score` says how strongly they are there. Asked again for the
   * same user, it has them still.
   */
  gather(user: number, history: Int32Array, held: number): number
  readonly items: Int32Array
  /** 0 for an item that no neighbour has. */
  score(item: number): number
  /** The slot passes to another user; to be called while the items of the one before are there. */
  resetUser(user: number): void
  resetItem(item: number): void
  save(users: number, items: number): SavedArrays
  restore(arrays: SavedArrays, items: number): void
}

/**
 * Session neighbours (after V-SkNN, Ludewig and Jannach 2018): users who were the last to come to one of the user's last
 * eight items, Σ .8^h / log(2 + n_h) each; the 50 nearest lend their last 20 items, the later the more.
 *
 * Of every item the last 32 users are kept, in rows that grow by need; 4 bytes each.
 */
export function neighbours(own: OwnItems, tags: ItemTags): Neighbours {
  const users = itemTags()
  const pool = rowPool(visitors, 0)
  const starts = intColumn(1, -1)
  const sizes = intColumn()
  const turns = intColumn()
  const columns = columnSet({ sizes, turns })
  const nearness = doubleColumn()
  const strength = doubleColumn()
  let near = new Int32Array(reach * visitors)
  let items = new Int32Array(most * mostLent)
  const lent = new Int32Array(mostLent)
  let found = 0
  let gatheredFor = -1

  /** The users who are near into `near`, nearest first as far as they count; returns how many. */
  const nearest = (user: number, history: Int32Array, held: number): number => {
    let count = 0
    for (let h = 0, weight = 1; h < Math.min(held, reach); h++, weight *= 0.8) {
      const item = history[h]!
      if (item < 0) continue
      const size = sizes.data[item]!
      const share = weight / Math.log(2 + turns.data[item]!)
      for (let place = starts.data[item]!, end = place + size; place < end; place++) {
        const other = users.slot(pool.tags[place]!)
        if (other < 0 || other === user) continue
        if (nearness.data[other] === 0) near[count++] = other
        nearness.data[other] = nearness.data[other]! + share
      }
    }
    if (count <= most) return count
    near.subarray(0, count).sort((a, b) => nearness.data[b]! - nearness.data[a]! || a - b)
    for (let n = most; n < count; n++) nearness.data[near[n]!] = 0
    return most
  }

  return {
    get items() {
      return items
    },
    note(user, item) {
      const size = sizes.data[item]!
      let place = starts.data[item]! + (turns.data[item]! % visitors)
      if (size < visitors) {
        starts.data[item] = pool.grow(starts.data[item]!, size)
        sizes.data[item] = size + 1
        place = starts.data[item]! + size
      }
      pool.tags[place] = users.tag(user)
      turns.data[item]! += 1
    },
    changed() {
      gatheredFor = -1
    },
    gather(user, history, held) {
      if (user === gatheredFor) return found
      gatheredFor = user
      for (let k = 0; k < found; k++) strength.data[items[k]!] = 0
      found = 0
      const count = nearest(user, history, held)
      for (let n = 0; n < count; n++) {
        const other = near[n]!
        let weight = nearness.data[other]!
        nearness.data[other] = 0
        const held = own.lend(other, lent)
        for (let k = 0; k < held; k++, weight *= 0.9) {
          const tag = lent[k]!
          const item = tag & slotMask
          if (tag === 0 || tags.tag(item) !== tag) continue
          if (strength.data[item] === 0) items[found++] = item
          strength.data[item] = strength.data[item]! + weight
        }
      }
      return found
    },
    score: item => strength.data[item]!,
    resetUser(user) {
      gatheredFor = -1
      // Who was in no row can be taken for nobody else, and a slot that is no user's yet leaves no trace.
      if (users.tag(user) === user || own.to(user) > own.from(user)) users.reset(user)
      nearness.reserve(user + 1)
    },
    resetItem(item) {
      gatheredFor = -1
      starts.reserve(item + 1)
      if (starts.data[item]! >= 0) pool.free(starts.data[item]!, sizes.data[item]!)
      starts.reset(item)
      columns.reset(item)
      strength.reserve(item + 1)
    },
    save: (usersHeld, itemsHeld) => ({
      ...prefixed('visitors', pool.save(starts.data, sizes.data, itemsHeld)),
      ...prefixed('users', users.save(usersHeld)),
      ...columns.save(itemsHeld),
    }),
    restore(arrays, itemsHeld) {
      columns.restore(arrays)
      users.restore(withPrefix('users', arrays))
      starts.restore(pool.restore(withPrefix('visitors', arrays), arrays['sizes'] as Int32Array))
      nearness.reserve(arrays['users.generation']!.length)
      strength.reserve(itemsHeld)
      near = new Int32Array(reach * visitors)
      items = new Int32Array(most * mostLent)
      found = 0
      gatheredFor = -1
    },
  }
}

/** Items of the user that lead to neighbours, users kept of an item, and neighbours. */
const [reach, visitors, most] = [8, 32, 50]
