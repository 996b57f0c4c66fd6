import { type BehaviourEvent, definePipeline, featuresWithNumbers, numbersAsAttributes } from '../../src/index.ts'
import { readTaobao } from './read-taobao.ts'

/**
 * What each behaviour is worth: a purchase w₁ and the best rating w₂, together 1, and little for what may lead to one.
 *
 * A view is worth something only so that of two items that nobody buys the one that is looked at stands first.
 */
export const ecommerceWeights = { purchase: 0.7, rating: 0.3, cart: 0.25, favourite: 0.2, view: 0.02 }

/** The best rating. */
const stars = 5

/** Simulated people buy what they would watch this share of, and put into the cart what they would watch this share of. */
export const simulatedShopping = { buyFrom: 0.7, cartFrom: 0.5 }

/**
 * A shop: page views, carts, favourites, purchases and ratings; reads Alibaba's "User Behavior Data from Taobao".
 *
 *     npx recstream start ecommerce --source UserBehavior
 *
 * Behaviours are `pv`, `cart`, `fav` and `buy` as the data set calls them, and `rate` with a value of 1 to 5 stars, for shops
 * that have ratings; a `buy` may carry its rating as its value too. An item counts as picked from a favourite or
 * three stars upwards.
 */
export default definePipeline({
  name: 'ecommerce',
  description: 'Views, carts, favourites, purchases and ratings of a shop, such as Taobao',
  // Most that is bought was looked at before; what is bought or rated is at home already.
  behaviours: {
    pv: { again: 'always' },
    cart: { again: 'always' },
    fav: { again: 'always' },
    buy: { again: 'never', target: true },
    rate: { again: 'never' },
  },
  // The data set begins with 24 November 2017 in China; the whole of it holds a few rows of earlier and impossible times.
  epoch: Date.UTC(2017, 10, 23, 16),
  value: { min: 1, max: stars, required: false },
  reward: ecommerceReward,
  like: ({ behaviour, value }) => behaviour === 'fav' || (value ?? 0) >= 4,
  scale: { kind: 'watch', positiveFrom: 0.15 },
  features: featuresWithNumbers,
  // The fastest buyer of the data has 12 events in a minute.
  clean: { botLimit: 60, botWindowMs: 60_000 },
  // Most people of a shop come seldom, and most items are looked at seldom.
  learn: { maxUsers: 100_000, maxItems: 100_000 },
  source: { read: readTaobao },
  simulate: {
    event({ watch, like }) {
      const bought = watch >= simulatedShopping.buyFrom
      const other = watch >= simulatedShopping.cartFrom ? 'cart' : 'pv'
      return {
        behaviour: bought ? 'buy' : like > 0 ? 'fav' : other,
        value: bought && like > 0 ? stars : null,
        properties: {},
      }
    },
    ...numbersAsAttributes,
  },
})

/**
 * Reward in [0, 1]: w₁ · purchase + w₂ · (stars − 1) / 4, and small ones for `cart`, `fav` and `pv`.
 *
 *     ecommerceReward({ behaviour: 'buy', value: null })   // 0.7
 *     ecommerceReward({ behaviour: 'buy', value: 5 })      // 1
 *     ecommerceReward({ behaviour: 'rate', value: 3 })     // 0.15
 *
 * A `rate` without its stars has no reward (NaN), which makes it a dead letter.
 */
export function ecommerceReward({ behaviour, value }: Pick<BehaviourEvent, 'behaviour' | 'value'>): number {
  const { purchase, rating, cart, favourite, view } = ecommerceWeights
  const rated = rating * (((value ?? Number.NaN) - 1) / (stars - 1))
  switch (behaviour) {
    case 'buy':
      return purchase + (value === null ? 0 : rated)
    case 'rate':
      return rated
    case 'cart':
      return cart
    case 'fav':
      return favourite
    default:
      return view
  }
}
