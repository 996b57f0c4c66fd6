import { columnSet, doubleColumn } from '../../state/slot-column.ts'
import { lengthClass, lengthClasses } from './length-class.ts'
import { clipReward, type Policy } from './policy.ts'

/**
 * How an item does with people who have about as much behind them as this user: newcomers like other things than regulars.
 *
 * The item's mean reward in the user's bucket, with half weight in the two beside it, is drawn to the item's mean over all
 * buckets, and that to the mean of all.
 */
export function popularityByHistory({ prior = 5 } = {}): Policy {
  const history = doubleColumn()
  const count = doubleColumn(lengthClasses)
  const sum = doubleColumn(lengthClasses)
  const ofUsers = columnSet({ history })
  const ofItems = columnSet({ count, sum })
  const all = new Float64Array(2) // events, sum

  return {
    name: 'popularity-by-history',
    predict(user, item) {
      const here = lengthClass(history.data[user]!)
      let [n, s, near, nearSum] = [0, 0, 0, 0]
      for (let b = 0; b < lengthClasses; b++) {
        const at = item * lengthClasses + b
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
      const at = item * lengthClasses + lengthClass(history.data[user]!)
      history.data[user]! += 1
      count.data[at]! += 1
      sum.data[at]! += reward
      all[0]! += 1
      all[1]! += reward
    },
    resetUser: ofUsers.reset,
    resetItem: ofItems.reset,
    save: (users, items) => ({ ...ofUsers.save(users), ...ofItems.save(items), all: all.slice() }),
    restore(arrays) {
      ofUsers.restore(arrays)
      ofItems.restore(arrays)
      all.set(arrays['all'] as Float64Array)
    },
  }
}
