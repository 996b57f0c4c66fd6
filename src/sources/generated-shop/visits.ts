import type { Goods } from './goods.ts'
import type { People } from './people.ts'

/** One thing that a user does in the shop. */
export interface Step {
  user: number
  item: number
  behaviour: 'view' | 'cart' | 'buy'
  /** Event time, ms. */
  time: number
}

/** What a user has in mind from one visit to the next. */
interface Mind {
  /** The category looked for, until something of it is bought. */
  looksFor: number
  /** What was looked at for it, newest last. */
  viewed: number[]
  /** Will be bought at a later visit. */
  decided: number[]
  bought: Set<number>
}

/** Items of each category that are there, by how often people come by them. */
export interface Shelves {
  /** An item of a category for a number in [0, 1); −1 where there is none. */
  draw(category: number, at: number): number
}

/** Items [from, to), better ones met more often. */
export function shelvesOf(goods: Goods, categories: number, { from, to }: { from: number; to: number }): Shelves {
  const items: number[][] = Array.from({ length: categories }, () => [])
  const sums: number[][] = Array.from({ length: categories }, () => [])
  for (let item = from; item < to; item++) {
    const category = goods.categoryOf(item)
    items[category]!.push(item)
    sums[category]!.push((sums[category]!.at(-1) ?? 0) + Math.exp(1.8 * goods.quality(item)))
  }
  return {
    draw(category, at) {
      const own = sums[category]!
      const sum = at * (own.at(-1) ?? 0)
      let [low, high] = [0, own.length - 1]
      while (low < high) {
        const middle = (low + high) >> 1
        if (own[middle]! > sum) high = middle
        else low = middle + 1
      }
      return items[category]![low] ?? -1
    },
  }
}

/**
 * Visits: people look for something of a category, come back to what suits them, put one view of twelve into the cart, and
 * buy a quarter as much: some of it at once, most at a later visit, and some that was never in the cart.
 */
export function visitors(people: People, goods: Goods, categories: number, random: () => number) {
  const minds: (Mind | undefined)[] = []

  const look = (user: number, category: number, shelves: Shelves, time: number): number => {
    let [best, suits] = [-1, Number.NEGATIVE_INFINITY]
    for (let k = 0; k < 3; k++) {
      const item = shelves.draw(category, random())
      if (item < 0 || !goods.onSale(item, time)) continue
      // What a picture and a price tell.
      const seems = -Math.abs(goods.priceLevel(item) - people.budget(user)) + 1.5 * random()
      if (seems > suits) [best, suits] = [item, seems]
    }
    return best
  }

  /** What a user comes back to: of three that were looked at, the one that suits best. */
  const again = (user: number, viewed: readonly number[]): number => {
    const three = Array.from({ length: 3 }, () => viewed[Math.floor(random() * viewed.length)]!)
    return three.reduce((best, item) => (people.suits(user, item) > people.suits(user, best) ? item : best))
  }

  return function* visit(user: number, from: number, shelves: Shelves): Generator<Step> {
    minds[user] ??= { looksFor: -1, viewed: [], decided: [], bought: new Set() }
    const mind = minds[user]
    if (mind.looksFor < 0 || random() < 0.45) {
      mind.looksFor = people.categoryFor(user, random())
      mind.viewed = []
    }
    let time = from
    const views = 3 + Math.floor(-17 * Math.log(1 - random()))
    // Some think it over for longer than that.
    let due = mind.decided.length > 0 && random() < 0.8 ? Math.floor(random() * views) : -1
    const step = (behaviour: Step['behaviour'], item: number): Step => ({ user, item, behaviour, time })
    const wait = () => {
      time += Math.floor((5 + 70 * random()) * 1000)
    }
    for (let view = 0; view < views; view++) {
      wait()
      if (view === due && mind.decided.length > 0) {
        const item = mind.decided.shift()!
        if (goods.onSale(item, time) && !mind.bought.has(item)) {
          yield step('buy', item)
          mind.bought.add(item)
          wait()
          // One thing calls for another.
          if (goods.categoryOf(item) === mind.looksFor) {
            mind.looksFor = random() < 0.5 ? (mind.looksFor * 7 + 3) % categories : -1
            mind.viewed = []
          }
        }
        if (mind.looksFor < 0) return
      }
      const back = mind.viewed.length > 2 && random() < 0.25
      const elsewhere = random() < 0.08
      const category = elsewhere ? people.categoryFor(user, random()) : mind.looksFor
      const item = back ? again(user, mind.viewed) : look(user, category, shelves, time)
      if (item < 0 || !goods.onSale(item, time)) continue
      yield step('view', item)
      if (!elsewhere) mind.viewed.push(item)
      if (mind.viewed.length > 30) mind.viewed.shift()
      if (mind.bought.has(item) || mind.decided.includes(item)) continue
      const likes = 1 / (1 + Math.exp(2.4 - 0.9 * people.suits(user, item)))
      const carts = random() < likes
      if (carts) {
        wait()
        if (goods.onSale(item, time)) yield step('cart', item)
      }
      // A few decide for what they never put into the cart.
      if (random() > (carts ? 0.6 : 0.35 * likes)) continue
      mind.decided.push(item)
      if (due < 0 && random() < 0.15) due = view + 2 + Math.floor(8 * random())
    }
  }
}
