import { columnSet, doubleColumn } from '../../state/slot-column.ts'
import { clipReward, type Policy } from './policy.ts'

export interface Popularity extends Policy {
  /** How popular an item is now: the sum of its rewards, halved every `rankHalfLife` events. */
  rank(item: number): number
  /** Ranks as raw numbers, good for comparing with each other only. */
  rawRank(item: number): number
  /** The decayed number of events of an item. */
  count(item: number): number
}

/**
 * Decayed popularity: an item's mean reward, of late, drawn to the mean of all when the item has few events.
 *
 * Old events fade with a half-life counted in events, not in time, so that a pause changes nothing.
 */
export function popularity(options = { meanHalfLife: 20_000, rankHalfLife: 2_000, prior: 5 }): Popularity {
  const count = doubleColumn()
  const sum = doubleColumn()
  const rank = doubleColumn()
  const columns = columnSet({ count, sum, rank })
  // Instead of shrinking every item at every event, new events weigh more; all is scaled back before numbers get large.
  const growth = 2 ** (1 / options.meanHalfLife)
  const rankGrowth = 2 ** (1 / options.rankHalfLife)
  const limit = 2 ** 100
  const shared = Float64Array.of(1, 1, 0, 0) // weight, rank weight, count, sum over all items

  const rescale = (data: Float64Array, by: number) => {
    for (let i = 0; i < data.length; i++) data[i]! *= by
  }
  const mean = () => (shared[3]! + 0.5 * shared[0]!) / (shared[2]! + shared[0]!)

  return {
    name: 'popularity',
    rank: item => rank.data[item]! / shared[1]!,
    rawRank: item => rank.data[item]!,
    count: item => count.data[item]! / shared[0]!,
    predict(_user, item) {
      const prior = options.prior * shared[0]!
      return clipReward((sum.data[item]! + prior * mean()) / (count.data[item]! + prior))
    },
    learn(_user, item, reward) {
      shared[0]! *= growth
      shared[1]! *= rankGrowth
      count.data[item]! += shared[0]!
      sum.data[item]! += reward * shared[0]!
      rank.data[item]! += reward * shared[1]!
      shared[2]! += shared[0]!
      shared[3]! += reward * shared[0]!
      if (shared[0]! > limit) {
        rescale(count.data, 1 / limit)
        rescale(sum.data, 1 / limit)
        for (const i of [0, 2, 3]) shared[i]! /= limit
      }
      if (shared[1]! > limit) {
        rescale(rank.data, 1 / limit)
        shared[1]! /= limit
      }
    },
    resetUser() {},
    resetItem: columns.reset,
    save: (_users, items) => ({ ...columns.save(items), shared: shared.slice() }),
    restore(arrays) {
      columns.restore(arrays)
      shared.set(arrays['shared'] as Float64Array)
    },
  }
}
