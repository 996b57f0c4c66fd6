import { definePipeline } from 'recstream'
import { madeUpShop } from './made-up-shop.mjs'

/** The dearest thing that a purchase is still worth more for, euros. */
const dear = 100

/** What an event is worth, 0 to 1: a look is a hint, a purchase is what the shop lives on, of a dear thing more than of a cheap one. */
function reward({ behaviour, value }) {
  if (behaviour === 'view') return 0.05
  if (behaviour === 'cart') return 0.3
  return 0.6 + 0.4 * Math.min(1, (value ?? 0) / dear)
}

/** Prices in steps that people feel; the price itself would be a token that no two products share. */
export function priceBand(price) {
  if (price < 10) return 'under-10'
  if (price < 30) return '10-30'
  return price < dear ? '30-100' : 'over-100'
}

/** Half a dozen left is few: people buy sooner. */
export function stockBand(pieces) {
  if (pieces === 0) return 'out'
  return pieces <= 6 ? 'few' : 'plenty'
}

export default definePipeline({
  name: 'shop',
  description: 'A small shop: what people look at, put into the cart and buy',
  // What was looked at comes back until it is bought.
  behaviours: { view: { again: 'always' }, cart: { again: 'always' }, buy: { again: 'never', target: true } },
  // Of a purchase, what was paid in euros.
  value: { min: 0, max: 10_000 },
  reward,
  like: ({ behaviour }) => behaviour === 'buy',
  scale: { kind: 'watch', positiveFrom: 0.3 },
  features: {
    item: ({ attributes, tags }) => [
      `category=${attributes.category}`,
      `price=${priceBand(Number(attributes.price))}`,
      `stock=${stockBand(Number(attributes.stock))}`,
      ...tags.map(tag => `tag=${tag}`),
    ],
  },
  // Nobody looks at more than a product a second.
  clean: { botLimit: 60, botWindowMs: 60_000 },
  recommend: { length: 6, everyMs: 60_000 },
  // What --source gives: how many visits to make up.
  source: { kind: 'text', folder: '400', read: visits => madeUpShop(Number(visits)) },
})
