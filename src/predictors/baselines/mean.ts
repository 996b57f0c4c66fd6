import { columnSet, doubleColumn } from '../../state/slot-column.ts'
import type { Policy } from './policy.ts'

/**
 * The mean of all rewards so far, for everyone and everything; the middle of the scale before the first.
 *
 *     const policy = globalMean()
 *     policy.learn(user, item, 0.75, time)
 *     policy.predict(anyone, anything, time)   // 0.75
 */
export function globalMean(): Policy {
  const all = new Float64Array(2) // events, sum
  return {
    name: 'mean',
    predict: () => meanOf(all),
    learn(_user, _item, reward) {
      all[0]! += 1
      all[1]! += reward
    },
    resetUser() {},
    resetItem() {},
    save: () => ({ all: all.slice() }),
    restore: arrays => all.set(arrays['all'] as Float64Array),
  }
}

/** The mean of a user's own rewards so far; that of all for a user who has none. */
export function userMean(): Policy {
  const all = new Float64Array(2)
  const count = doubleColumn()
  const sum = doubleColumn()
  const own = columnSet({ count, sum })
  return {
    name: 'user-mean',
    predict: user => (count.data[user] === 0 ? meanOf(all) : sum.data[user]! / count.data[user]!),
    learn(user, _item, reward) {
      all[0]! += 1
      all[1]! += reward
      count.data[user]! += 1
      sum.data[user]! += reward
    },
    resetUser: own.reset,
    resetItem() {},
    save: users => ({ all: all.slice(), ...own.save(users) }),
    restore(arrays) {
      all.set(arrays['all'] as Float64Array)
      own.restore(arrays)
    },
  }
}

const meanOf = (all: Float64Array) => (all[0] === 0 ? 0.5 : all[1]! / all[0]!)
