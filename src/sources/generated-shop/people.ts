import type { UserProfile } from '../../records/definition.ts'
import { unit } from '../chance.ts'
import type { Goods } from './goods.ts'
import type { Shop } from './numbers.ts'

/** What the shop's users are like, by their numbers. */
export interface People {
  /** What they look for by themselves: one of their three categories as a rule; `chance` decides. */
  categoryFor(user: number, chance: number): number
  /** How much an item suits a user, about −4 … 3: its quality, its price, and what nobody else can know. */
  suits(user: number, item: number): number
  /** Where prices stand that they like, as `priceLevel` has it. */
  budget(user: number): number
  /** Visits, as a multiple of what people have on average. */
  activity(user: number): number
  profiles(): Generator<UserProfile>
}

export function peopleOf({ users, categories, seed }: Shop, goods: Goods): People {
  const chance = (of: number, user: number) => unit(seed + 211 * of, user)
  const favourite = (user: number, k: number) => Math.floor(chance(k, user) * categories)
  const budget = (user: number) => 1.6 * (chance(4, user) + chance(5, user) + chance(6, user) - 1.5)
  return {
    categoryFor(user, at) {
      if (at < 0.5) return favourite(user, 1)
      if (at < 0.75) return favourite(user, 2)
      if (at < 0.9) return favourite(user, 3)
      return Math.floor(((at - 0.9) / 0.1) * categories)
    },
    suits(user, item) {
      const own = unit(seed + 3, user * 1e6 + item) + unit(seed + 4, user * 1e6 + item) - 1
      return goods.quality(item) - 1.2 * Math.abs(goods.priceLevel(item) - budget(user)) + 1.2 * own
    },
    budget,
    activity: user => -Math.log(1 - chance(7, user)),
    *profiles() {
      for (let user = 0; user < users; user++) {
        // What people say of themselves tells something of their budget, not all of it.
        const level = budget(user) + 0.8 * (chance(8, user) - 0.5)
        const segment = level < -0.5 ? 'saver' : level < 0.5 ? 'middle' : 'premium'
        const region = `r${Math.floor(chance(9, user) * 8)}`
        yield { userId: `u${user}`, attributes: { segment, region } }
      }
    },
  }
}
