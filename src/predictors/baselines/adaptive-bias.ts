import { columnSet, doubleColumn } from '../../state/slot-column.ts'
import { everyRow, userColumns } from '../../state/user-rows.ts'
import { clipReward, type Policy } from './policy.ts'

const adaptiveBiasDefaults = {
  /** First step, and how fast steps shrink with each event of a side. */
  firstRate: 0.45,
  decay: 0.35,
  /** What steps shrink to, so that tastes may drift. */
  userFloor: 0.03,
  itemFloor: 0.015,
  regularisation: 0.02,
  /** Both steps together correct at most this share of an error. */
  mostTogether: 0.9,
}

/**
 * μ + b_u + b_i, one pass: large steps for whoever is new, small ones later, and never so large together that they
 * overshoot.
 */
export function adaptiveBias(given: Partial<typeof adaptiveBiasDefaults> = {}, rows = everyRow): Policy {
  const options = { ...adaptiveBiasDefaults, ...given }
  const user = { bias: doubleColumn(), count: doubleColumn() }
  const item = { bias: doubleColumn(), count: doubleColumn() }
  const ofUsers = userColumns({ userBias: user.bias, userCount: user.count }, rows)
  const ofItems = columnSet({ itemBias: item.bias, itemCount: item.count })
  const all = Float64Array.of(5, 0.5) // events with five in the middle of the scale to begin with, mean

  const raw = (u: number, i: number) => all[1]! + user.bias.data[u]! + item.bias.data[i]!
  const rate = (count: number, floor: number) => options.firstRate / (1 + options.decay * count) + floor

  return {
    name: 'adaptive-bias',
    predict: (slot, i) => clipReward(raw(rows.of(slot), i)),
    learn(slot, i, reward) {
      const u = rows.of(slot)
      all[0]! += 1
      all[1]! += (reward - all[1]!) / all[0]!
      const error = reward - raw(u, i)
      const userRate = rate(user.count.data[u]!, options.userFloor)
      const itemRate = rate(item.count.data[i]!, options.itemFloor)
      const share = Math.min(1, options.mostTogether / (userRate + itemRate))
      user.bias.data[u]! += share * userRate * (error - options.regularisation * user.bias.data[u]!)
      item.bias.data[i]! += share * itemRate * (error - options.regularisation * item.bias.data[i]!)
      user.count.data[u]! += 1
      item.count.data[i]! += 1
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
