import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testPipeline } from 'recstream/testing'
import clickstream from './clickstream.mjs'
import { toEvents } from './to-events.mjs'

const at = '2026-01-05T10:00:00.000Z'
const view = { action: 'product_view', at, visitor: { id: 'v7', agent: 'made up' }, product: { sku: 'S1' } }
const order = {
  action: 'order',
  at,
  visitor: { id: 'v7' },
  order: {
    number: 5,
    lines: [
      { sku: 'S1', cents: 1990 },
      { sku: 'S2', cents: 500 },
    ],
  },
}

test('a look at a product is one event, with its id from its place', () => {
  assert.deepEqual(toEvents(JSON.stringify(view), 'web.clicks/0/17'), [
    { eventId: 'web.clicks/0/17/0', userId: 'v7', itemId: 'S1', behaviour: 'view', time: Date.parse(at) },
  ])
})

test('an order is an event for each line, with what was paid', () => {
  const events = toEvents(JSON.stringify(order), 'web.clicks/0/18')
  assert.deepEqual(
    events.map(({ eventId, itemId, value }) => [eventId, itemId, value]),
    [
      ['web.clicks/0/18/0', 'S1', 19.9],
      ['web.clicks/0/18/1', 'S2', 5],
    ],
  )
})

test('what is not about products is no event, what cannot be read is null', () => {
  assert.deepEqual(toEvents(JSON.stringify({ action: 'page_view', at, page: '/help' }), 'p'), [])
  assert.equal(toEvents('{"action": ', 'p'), null)
  assert.equal(toEvents(JSON.stringify({ ...order, order: undefined }), 'p'), null)
})

test('the pipeline keeps what the mapping makes, each message once', () => {
  const pipeline = testPipeline(clickstream)
  for (const [message, offset] of [
    [view, 0],
    [order, 1],
    [order, 1],
    [view, 2],
  ]) {
    for (const event of toEvents(JSON.stringify(message), `web.clicks/0/${offset}`)) pipeline.send(event)
  }
  assert.deepEqual(
    pipeline.rows.map(({ behaviour, itemId, reward }) => [behaviour, itemId, reward]),
    [
      ['view', 'S1', 0.1],
      ['order', 'S1', 1],
      ['order', 'S2', 1],
    ],
  )
  // The second view is another message, but says the same of the same moment.
  const reasons = pipeline.rejections.map(({ reason }) => reason)
  assert.deepEqual(reasons, ['duplicate-id', 'duplicate-id', 'exact-repeat'])
})

test('what the mapping leaves out is said by the pipeline', () => {
  const pipeline = testPipeline(clickstream)
  const [event] = toEvents(JSON.stringify({ ...view, at: 'yesterday', visitor: {} }), 'web.clicks/0/19')
  const broken = pipeline.sendRecord({ key: 'v7', value: '{"action": ' })
  assert.equal(broken.rejection.reason, 'undecodable')
  assert.match(pipeline.send(event).rejection.message, /"userId" is missing/)
  assert.match(pipeline.send({ ...event, userId: 'v7' }).rejection.message, /"time" must be a whole number/)
})
