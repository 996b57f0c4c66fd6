import { columnSet, floatColumn } from '../../state/slot-column.ts'
import { everyRow, userColumns } from '../../state/user-rows.ts'
import { clipReward, type Policy } from './policy.ts'

/**
 * μ + b_u + b_i: the mean of all, how far this user and this item lie from it.
 *
 * Rates fall with what is known (1 / (n + prior)), down to a floor that lets tastes drift. `prior` is the number of
 * events after which half of a deviation is believed.
 */
export function bias(options = { userPrior: 8, itemPrior: 5, floor: 0.03 }, rows = everyRow): Policy {
  const userBias = floatColumn()
  const itemBias = floatColumn()
  const userCount = floatColumn()
  const itemCount = floatColumn()
  const ofUsers = userColumns({ userBias, userCount }, rows)
  const ofItems = columnSet({ itemBias, itemCount })
  const all = Float64Array.of(20, 10) // count, sum: twenty events in the middle of the scale to begin with

  const raw = (user: number, item: number) => all[1]! / all[0]! + userBias.data[user]! + itemBias.data[item]!
  const rate = (count: number, prior: number) => Math.max(options.floor, 1 / (count + prior))

  return {
    name: 'bias',
    predict: (slot, item) => clipReward(raw(rows.of(slot), item)),
    learn(slot, item, reward) {
      const user = rows.of(slot)
      const error = reward - raw(user, item)
      userCount.data[user]! += 1
      itemCount.data[item]! += 1
      userBias.data[user]! += rate(userCount.data[user]!, options.userPrior) * error
      itemBias.data[item]! += rate(itemCount.data[item]!, options.itemPrior) * error
      all[0]! += 1
      all[1]! += reward
    },
    mergeUsers(fromUser, intoUser) {
      const [from, into] = [rows.of(fromUser), rows.of(intoUser)]
      const [own, other] = [userCount.data[into]!, userCount.data[from]!]
      if (other === 0) return
      userBias.data[into] = (own * userBias.data[into]! + other * userBias.data[from]!) / (own + other)
      userCount.data[into] = own + other
    },
    resetUser: ofUsers.reset,
    resetItem: ofItems.reset,
    // In this order, on which the digest of weights depends.
    save: (users, items) => ({
      userBias: userBias.save(rows.saved(users)),
      itemBias: itemBias.save(items),
      userCount: userCount.save(rows.saved(users)),
      itemCount: itemCount.save(items),
      all: all.slice(),
    }),
    restore(arrays) {
      ofUsers.restore(arrays)
      ofItems.restore(arrays)
      all.set(arrays['all'] as Float64Array)
    },
  }
}
