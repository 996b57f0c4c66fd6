import type { SavedArrays } from '../../state/saved-arrays.ts'
import { doubleColumn, floatColumn, intColumn } from '../../state/slot-column.ts'
import { type Trainset, trainsetOf } from './trainset.ts'

/** A trainset and where its users and items stand in the id tables: slot → number, −1 for those it does not know. */
export interface SlottedTrainset {
  readonly set: Trainset
  readonly userOf: Int32Array
  readonly itemOf: Int32Array
}

/** Events kept for learning in batches: the newest `capacity`, on the scale of 1 to 5 that the published settings are for. */
export interface RatingLog {
  readonly length: number
  /** Mean of all rewards so far; the middle of the scale before the first. */
  mean(): number
  record(user: number, item: number, reward: number): void
  /** Events of a slot's earlier holder are no longer anybody's. */
  resetUser(slot: number): void
  resetItem(slot: number): void
  trainset(): SlottedTrainset
  save(users: number, items: number): SavedArrays
  restore(arrays: SavedArrays): void
}

export const toRating = (reward: number): number => 1 + 4 * reward
export const toReward = (rating: number): number => (rating - 1) / 4

export function ratingLog(capacity: number): RatingLog {
  const userSlot = intColumn()
  const itemSlot = intColumn()
  const rewards = floatColumn()
  const userBorn = doubleColumn()
  const itemBorn = doubleColumn()
  const all = new Float64Array(2) // events, sum of rewards
  const held = () => Math.min(all[0]!, capacity)

  return {
    get length() {
      return held()
    },
    mean: () => (all[0] === 0 ? 0.5 : all[1]! / all[0]!),
    record(user, item, reward) {
      const at = all[0]! % capacity
      for (const column of [userSlot, itemSlot, rewards]) column.reserve(at + 1)
      userSlot.data[at] = user
      itemSlot.data[at] = item
      rewards.data[at] = reward
      all[0]! += 1
      all[1]! += reward
    },
    resetUser(slot) {
      userBorn.reserve(slot + 1)
      userBorn.data[slot] = all[0]!
    },
    resetItem(slot) {
      itemBorn.reserve(slot + 1)
      itemBorn.data[slot] = all[0]!
    },
    trainset() {
      const count = held()
      const user = new Int32Array(count)
      const item = new Int32Array(count)
      const rating = new Float32Array(count)
      const userOf = new Int32Array(userBorn.data.length).fill(-1)
      const itemOf = new Int32Array(itemBorn.data.length).fill(-1)
      let [users, items, kept] = [0, 0, 0]
      for (let number = all[0]! - count; number < all[0]!; number++) {
        const at = number % capacity
        const [u, i] = [userSlot.data[at]!, itemSlot.data[at]!]
        if (number < userBorn.data[u]! || number < itemBorn.data[i]!) continue
        if (userOf[u] === -1) userOf[u] = users++
        if (itemOf[i] === -1) itemOf[i] = items++
        user[kept] = userOf[u]!
        item[kept] = itemOf[i]!
        rating[kept++] = toRating(rewards.data[at]!)
      }
      const columns = { user: user.subarray(0, kept), item: item.subarray(0, kept), rating: rating.subarray(0, kept) }
      return { set: trainsetOf({ ...columns, users, items }), userOf, itemOf }
    },
    save: (users, items) => ({
      user: userSlot.save(held()),
      item: itemSlot.save(held()),
      reward: rewards.save(held()),
      userBorn: userBorn.save(users),
      itemBorn: itemBorn.save(items),
      all: all.slice(),
    }),
    restore(arrays) {
      userSlot.restore(arrays['user'] as Int32Array)
      itemSlot.restore(arrays['item'] as Int32Array)
      rewards.restore(arrays['reward'] as Float32Array)
      userBorn.restore(arrays['userBorn'] as Float64Array)
      itemBorn.restore(arrays['itemBorn'] as Float64Array)
      all.set(arrays['all'] as Float64Array)
    },
  }
}
