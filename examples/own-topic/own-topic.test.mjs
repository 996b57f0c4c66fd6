import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testPipeline } from 'recstream/testing'
import clickstream from './clickstream.mjs'
import { toEvent } from './to-event.mjs'

const at = '2026-01-05T10:00:00.250Z'
const view = { id: 'c1', action: 'product_view', at, visitor: { id: 'v7', agent: 'made up' }, product: { sku: 'S1' } }
const order = { ...view, id: 'c2', action: 'order', product: { sku: 'S2', cents: 1990 } }

test('a look at a product is an event, an order has what was paid', () => {
  const event = { eventId: 'c1', userId: 'v7', itemId: 'S1', behaviour: 'view', time: Date.parse(at), value: null }
  assert.deepEqual(toEvent({ value: view }), event)
  assert.equal(toEvent({ value: order }).value, 19.9)
})

test('what is not about products is passed over', () => {
  assert.equal(toEvent({ value: { id: 'c3', action: 'page_view', at, page: '/help' } }), null)
})

test('the pipeline takes messages as the services send them, each once', () => {
  const pipeline = testPipeline(clickstream)
  for (const value of [view, order, order, { ...view, id: 'c4' }]) pipeline.sendRecord({ key: value.visitor.id, value })
  assert.deepEqual(
    pipeline.rows.map(({ behaviour, itemId, reward }) => [behaviour, itemId, reward]),
    [
      ['view', 'S1', 0.1],
      ['order', 'S2', 1],
    ],
  )
  // The second view is another message, but says the same of the same moment.
  const reasons = pipeline.rejections.map(({ reason }) => reason)
  assert.deepEqual(reasons, ['duplicate-id', 'exact-repeat'])
})

test('what cannot be read is a dead letter that says why', () => {
  const pipeline = testPipeline(clickstream)
  const rejection = value => pipeline.sendRecord({ key: 'v7', value }).rejection
  assert.equal(rejection('{"action": ').reason, 'undecodable')
  assert.match(rejection({ ...view, visitor: {} }).message, /"visitor.id" is missing/)
  assert.match(rejection({ ...view, at: 'yesterday' }).message, /"at" must be a time/)
  assert.match(
    rejection({ ...order, product: { sku: 'S2', cents: '19,90' } }).message,
    /"product.cents" must be a number/,
  )
})
