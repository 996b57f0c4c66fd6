import { definePipeline, readGeneratedShop, shopOpens } from '../../src/index.ts'

/**
 * A made-up shop of any size, for measuring lists; the size is given where a folder would be.
 *
 *     npx recstream start generated-shop --source users=2000,items=500,days=3
 *     npx recstream experiment served --pipeline generated-shop
 *
 * Items come, sell out, come back and go while people view, put into the cart and buy.
 */
export default definePipeline({
  name: 'generated-shop',
  description: 'A made-up shop: items that come, sell out and go, views, carts and purchases',
  behaviours: ['view', 'cart', 'buy'],
  epoch: shopOpens,
  features: {
    item: ({ attributes: { category, brand, price } }) => [`category=${category}`, `brand=${brand}`, `price=${price}`],
  },
  reward: event => ({ view: 0.05, cart: 0.3, buy: 1 })[event.behaviour] ?? 0,
  scale: { kind: 'watch', positiveFrom: 0.5 },
  available: 'item.stock > 0',
  recommend: { everyMs: 60_000 },
  source: { folder: '', kind: 'text', read: readGeneratedShop },
})
