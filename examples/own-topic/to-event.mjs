import { read } from 'recstream'

const behaviours = { product_view: 'view', basket_add: 'basket', order: 'order' }

/**
 * What one message of the shop's own topic says, as an event of recstream; null for one that is not about a product.
 *
 *     toEvent({ value: { id: 'c1', action: 'product_view', at: '2026-01-05T10:00:00Z', visitor: { id: 'v7' }, product: { sku: 'S1' } } })
 *     // { eventId: 'c1', userId: 'v7', itemId: 'S1', behaviour: 'view', time: 1767607200000, value: null }
 *
 * What is missing or wrong is said by `read`; the message is then a dead letter with that sentence.
 */
export function toEvent({ value }) {
  const behaviour = behaviours[read.text(value, 'action')]
  // Pages and logins say nothing about products.
  if (behaviour === undefined) return null
  const cents = read.number(value, 'product.cents', { or: null })
  return {
    // The services' own id: a message that they send twice is counted once.
    eventId: read.text(value, 'id'),
    userId: read.text(value, 'visitor.id'),
    itemId: read.text(value, 'product.sku'),
    behaviour,
    time: read.isoTime(value, 'at'),
    // Cents there, whole units here.
    value: cents === null ? null : cents / 100,
  }
}
