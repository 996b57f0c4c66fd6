import type { Item, SourceItem } from '../../records/definition.ts'
import { unit } from '../chance.ts'
import { day, hour, type Shop, shopOpens } from './numbers.ts'

/** What is known of the shop's items at any time, by their numbers. */
export interface Goods {
  categoryOf(item: number): number
  /** Where its price stands in its category: 0 in the middle, about −2 … 2. */
  priceLevel(item: number): number
  /** About −1.5 … 1.5. */
  quality(item: number): number
  onSale(item: number, time: number): boolean
  /** Numbers of the items that are there on a day, sold out or not. */
  ofDay(day: number): { from: number; to: number }
  /** Every record of the items topic, in order of time; those without a time were there before the shop opened. */
  records(): Generator<SourceItem>
}

/** Items come and go in the order of their numbers; each is sold out for some hours or some days now and then. */
export function goodsOf({ items, categories, days, fresh, seed }: Shop): Goods {
  const perDay = Math.round(items * fresh)
  const chance = (of: number, item: number, at = 0) => unit(seed + 101 * of, item + at * 2 ** 32)
  const level = (of: number, item: number) => chance(of, item) + chance(of + 1, item) + chance(of + 2, item) - 1.5

  const bornOn = (item: number) => (item < items ? 0 : 1 + Math.floor((item - items) / perDay))
  /** New items come in the morning, an hour or so between them; old ones go in the same hours. */
  const hourOf = (item: number) => Math.floor(10 * hour * chance(1, item))
  const born = (item: number) =>
    item < items ? Number.NEGATIVE_INFINITY : shopOpens + bornOn(item) * day + hourOf(item)
  const dies = (item: number) =>
    perDay === 0 ? Number.POSITIVE_INFINITY : shopOpens + (1 + Math.floor(item / perDay)) * day + hourOf(item)

  /** For hours of one day in ten, and for three days in a row now and then. */
  const hoursOut = (item: number, on: number) => {
    const from = shopOpens + on * day + Math.floor(12 * hour * chance(2, item, on))
    return chance(3, item, on) < 0.1 ? { from, to: from + Math.floor((2 + 9 * chance(4, item, on)) * hour) } : null
  }
  const inStock = (item: number, time: number) => {
    const on = Math.max(0, Math.floor((time - shopOpens) / day))
    if (chance(5, item, Math.floor(on / 3)) < 0.06) return false
    const out = hoursOut(item, on)
    return out === null || time < out.from || time >= out.to
  }

  const goods: Goods = {
    categoryOf: item => Math.floor(chance(6, item) * categories),
    priceLevel: item => 1.4 * level(7, item),
    quality: item => level(10, item),
    onSale: (item, time) => time >= born(item) && time < dies(item) && inStock(item, time),
    ofDay: on => ({ from: Math.max(0, (on - 1) * perDay), to: items + on * perDay }),
    *records() {
      for (let item = 0; item < items; item++) yield record(item, shopOpens)
      for (let on = 0; on < days; on++) {
        const changes: SourceItem[] = []
        const { from, to } = goods.ofDay(on)
        for (let item = from; item < to; item++) {
          const [begins, ends] = [born(item), dies(item)]
          const today = (time: number) => time >= shopOpens + on * day && time < shopOpens + (on + 1) * day
          if (today(begins)) changes.push({ ...record(item, begins), time: begins })
          const out = hoursOut(item, on)
          for (const time of [shopOpens + on * day, ...(out === null ? [] : [out.from, out.to])]) {
            if (time <= begins || time >= ends || time === shopOpens) continue
            if (inStock(item, time) !== inStock(item, time - 1)) changes.push({ ...record(item, time), time })
          }
          if (today(ends)) changes.push({ ...record(item, ends), deleted: true, time: ends })
        }
        yield* changes.sort((a, b) => a.time! - b.time!)
      }
    },
  }

  /** The middle price of a category is between 10 and 200. */
  const priceOf = (item: number) => {
    const middle = 10 * 20 ** chance(13, goods.categoryOf(item))
    return (middle * 1.5 ** goods.priceLevel(item)).toFixed(2)
  }
  const record = (item: number, time: number): Item => ({
    itemId: idOf(item),
    title: `Item ${item}`,
    attributes: {
      category: `c${goods.categoryOf(item)}`,
      price: priceOf(item),
      brand: `b${Math.floor(chance(14, item) * 3 * categories)}`,
      stock: inStock(item, time) ? `${1 + Math.floor(40 * chance(15, item))}` : '0',
    },
    tags: [],
  })
  return goods
}

export const idOf = (item: number): string => `i${item}`
