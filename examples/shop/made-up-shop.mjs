import { seededRandom } from 'recstream'

/*
 * Customers who do not exist, so that there is something to see at once. Replace it by a reader of your own files, or
 * leave `source` out and send events to the topic shop.behaviour-events.
 */

const categories = ['tea', 'coffee', 'cups', 'pots', 'books']
const customers = 120
const products = 60
const opens = Date.UTC(2026, 0, 5, 8)
const minute = 60_000

/** The favourite category of a customer, whose number it follows from. */
export const favourite = customer => categories[customer % categories.length]
export const categoryOf = product => categories[product % categories.length]
const priceOf = product => 4 + 7 * (product % 23)

function* profiles() {
  for (let k = 0; k < customers; k++) {
    yield { userId: `c${k}`, attributes: { country: ['de', 'fr', 'uk'][k % 3], since: `${2020 + (k % 6)}` } }
  }
}

function* items() {
  for (let k = 0; k < products; k++) {
    const attributes = { category: categoryOf(k), price: `${priceOf(k)}`, stock: `${(k * 7) % 20}` }
    yield { itemId: `p${k}`, title: `${categoryOf(k)} number ${k}`, attributes, tags: k % 10 === 0 ? ['gift'] : [] }
  }
}

/** Visits, one after the other: some products looked at, a few put into the cart, fewer bought. */
function* events(visits) {
  const random = seededRandom(1, 'shop')
  let time = opens
  let number = 0
  for (let visit = 0; visit < visits; visit++) {
    const customer = random.integer(customers)
    const event = (behaviour, product, value) => {
      time += 1_000 * (5 + random.integer(40))
      const ids = { eventId: `shop-${number++}`, userId: `c${customer}`, itemId: `p${product}` }
      return { ...ids, behaviour, time, value, properties: {}, recommendationId: null }
    }
    for (let looks = 3 + random.integer(6); looks > 0; looks--) {
      // Two of three products that people look at are of their favourite category, and popular ones come first.
      const category = random.uniform() < 0.67 ? customer % categories.length : random.integer(categories.length)
      const product = category + categories.length * Math.floor(random.uniform() ** 2 * (products / categories.length))
      yield event('view', product, null)
      const wanted = categoryOf(product) === favourite(customer) ? 0.5 : 0.1
      if (random.uniform() > wanted) continue
      yield event('cart', product, null)
      if (random.uniform() < 0.4) yield event('buy', product, priceOf(product))
    }
    time += minute * (1 + random.integer(5))
  }
}

export function madeUpShop(visits) {
  return { name: 'made-up-shop', profiles, items, events: () => events(visits) }
}
