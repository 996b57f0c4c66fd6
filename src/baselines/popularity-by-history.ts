import { doubleColumn } from '../model/slot-column.ts'
import { clipReward, type Policy } from './policy.ts'

const buckets = 10

/** Which bucket a user with so many earlier events falls in: 0, 1, 2–3, 4–7 … 256 and more. */
export const historyBucket = (events: number): number =>
  events === 0 ? 0 : Math.min(buckets - 1, 1 + Math.floor(Math.log2(events)))

/**
 * How an item does with people who have about as much behind them as this user: newcomers like other things than regulars.
 *
 * The item's mean reward in the user's bucket, with half weight in the two beside it, is drawn to the item's mean over all
 * buckets, and that to the mean of all.
 */
export function popularityByHistory({ prior = 5 } = {}): Policy {
  const history = doubleColumn()
  const count = doubleColumn(buckets)
  const sum = doubleColumn(buckets)
  const all = new Float64Array(2) // events, sum

  return {
    name: 'popularity-by-history',
    predict(user, item) {
      const here = historyBucket(history.data[user]!)
      let [n, s, near, nearSum] = [0, 0, 0, 0]
      for (let b = 0; b < buckets; b++) {
        const at = item * buckets + b
        n += count.data[at]!
        s += sum.data[at]!
        const weight = b === here ? 1 : Math.abs(b - here) === 1 ? 0.5 : 0
        near += weight * count.data[at]!
        nearSum += weight * sum.data[at]!
      }
      const mean = (all[1]! + 0.5) / (all[0]! + 1)
      const itemMean = (s + prior * mean) / (n + prior)
      return clipReward((nearSum + prior * itemMean) / (near + prior))
    },
    learn(user, item, reward) {
      const at = item * buckets + historyBucket(history.data[user]!)
      history.data[user]! += 1
      count.data[at]! += 1
      sum.data[at]! += reward
      all[0]! += 1
      all[1]! += reward
    },
    resetUser(slot) {
      history.reserve(slot + 1)
      history.reset(slot)
    },
    resetItem(slot) {
      for (const column of [count, sum]) {
        column.reserve(slot + 1)
        column.reset(slot)
      }
    },
    save: (users, items) => ({
      history: history.save(users),
      count: count.save(items),
      sum: sum.save(items),
      all: all.slice(),
    }),
    restore(arrays) {
      history.restore(arrays['history'] as Float64Array)
      count.restore(arrays['count'] as Float64Array)
      sum.restore(arrays['sum'] as Float64Array)
      all.set(arrays['all'] as Float64Array)
    },
  }
}
