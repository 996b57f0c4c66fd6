import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testPipeline } from 'recstream/testing'
import { categoryOf, favourite } from './made-up-shop.mjs'
import shop from './shop.mjs'

test('a purchase is worth more than a cart, a cart more than a look, and a dear thing more than a cheap one', () => {
  const pipeline = testPipeline(shop)
  const worth = (behaviour, value) => pipeline.send({ userId: 'ada', itemId: 'p1', behaviour, value }).row.reward
  assert.deepEqual([worth('view'), worth('cart'), worth('buy', 5), worth('buy', 50)], [0.05, 0.3, 0.62, 0.8])
  assert.equal(worth('buy', 5_000), 1)
})

test('the learner sees the category, and price and stock in steps', () => {
  const pipeline = testPipeline(shop)
  pipeline.item({ itemId: 'pot', attributes: { category: 'pots', price: '34.90', stock: '3' }, tags: ['gift'] })
  const { row } = pipeline.send({ userId: 'ada', itemId: 'pot', behaviour: 'view' })
  assert.deepEqual(row.itemFeatures, ['category=pots', 'price=30-100', 'stock=few', 'tag=gift'])
})

test('a new stock counts from when it was written', () => {
  const pipeline = testPipeline(shop)
  const stock = pieces =>
    pipeline.item({ itemId: 'pot', attributes: { category: 'pots', price: '9', stock: `${pieces}` } })
  const seen = () => pipeline.send({ userId: 'ada', itemId: 'pot', behaviour: 'view' }).row.itemFeatures[2]
  stock(20)
  assert.equal(seen(), 'stock=plenty')
  stock(0)
  assert.equal(seen(), 'stock=out')
})

test('what is no event of the shop is refused, with the reason', () => {
  const pipeline = testPipeline(shop)
  pipeline.send({ userId: 'ada', itemId: 'p1', behaviour: 'return' })
  pipeline.send({ userId: 'ada', itemId: 'p1', behaviour: 'buy', value: -5 })
  pipeline.send({ userId: 'ada', itemId: 'p1', behaviour: 'buy', value: '5 euros' })
  const reasons = pipeline.rejections.map(({ reason }) => reason)
  assert.deepEqual(reasons, ['unknown-behaviour', 'value-out-of-range', 'invalid'])
})

test('lists are of what people like, once they have been there a while', async () => {
  const pipeline = testPipeline(shop)
  await pipeline.importSource({ folder: '200' })
  assert.deepEqual(pipeline.rejections, [])
  let liked = 0
  let shown = 0
  const newest = new Map((await pipeline.lists()).map(list => [list.userId, list]))
  for (const [userId, { items }] of newest) {
    for (const { itemId } of items) {
      shown += 1
      if (categoryOf(Number(itemId.slice(1))) === favourite(Number(userId.slice(1)))) liked += 1
    }
  }
  // By chance it would be one of five.
  assert.ok(liked / shown > 0.4, `${liked} of ${shown} are of the favourite category`)
  pipeline.dispose()
})
