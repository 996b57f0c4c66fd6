import type { BehaviourEvent, SourceReader } from '../../records/definition.ts'
import { drawsOf } from '../chance.ts'
import { numbersAsText } from '../source-numbers.ts'
import { goodsOf, idOf } from './goods.ts'
import { day, type Shop, shopOf, shopOpens } from './numbers.ts'
import { peopleOf } from './people.ts'
import { type Step, shelvesOf, visitors } from './visits.ts'

/**
 * A source that makes a shop up: its items in time order as they come, sell out and go, and what people view, put into the
 * cart and buy; its "folder" is a list of numbers.
 *
 *     readGeneratedShop('users=20000,items=5000,categories=40,days=7,seed=1')
 *
 * People like some categories and a level of prices; of a hundred views about eight come into the cart and two are bought,
 * mostly at a later visit. The same numbers give the same records, and more days continue fewer; one day of them is held
 * in memory.
 */
export function readGeneratedShop(text: string): SourceReader {
  const shop = shopOf(text)
  const { days: _, ...fixed } = shop
  const goods = goodsOf(shop)
  const people = peopleOf(shop, goods)
  return {
    name: `generated-shop/${numbersAsText(fixed)}`,
    profiles: () => people.profiles(),
    items: () => goods.records(),
    events: () => eventsOf(shop),
    files: () => [],
  }
}

function* eventsOf(shop: Shop): Generator<BehaviourEvent> {
  const { users, categories, days, visits, seed } = shop
  const goods = goodsOf(shop)
  const people = peopleOf(shop, goods)
  const random = drawsOf(seed)
  const visit = visitors(people, goods, categories, random)
  let number = 0
  const eventOf = ({ user, item, behaviour, time }: Step): BehaviourEvent => ({
    ...{ eventId: `s${seed}-${number++}`, userId: `u${user}`, itemId: idOf(item), behaviour, time },
    ...{ value: null, properties: {}, recommendationId: null },
  })
  // A visit may go on into the next day.
  let waiting: Step[] = []
  for (let on = 0; on < days; on++) {
    const shelves = shelvesOf(goods, categories, goods.ofDay(on))
    for (let user = 0; user < users; user++) {
      const rate = visits * people.activity(user)
      // Visits of one user are hours apart, so that none runs into another.
      const hours = Array.from({ length: 24 / 3 }, (_, k) => k).filter(() => random() < rate / 8)
      for (const k of hours) {
        for (const step of visit(user, shopOpens + on * day + Math.floor((k + random() / 2) * (day / 8)), shelves)) {
          waiting.push(step)
        }
      }
    }
    waiting.sort((a, b) => a.time - b.time)
    const end = shopOpens + (on + 1) * day
    const over = waiting.findIndex(({ time }) => time >= end)
    const today = over < 0 ? waiting : waiting.slice(0, over)
    waiting = over < 0 ? [] : waiting.slice(over)
    for (const step of today) yield eventOf(step)
  }
}
