const behaviours = { product_view: 'view', basket_add: 'basket', order: 'order' }

/**
 * What one message of the shop's own topic says, as events of recstream: none, one, or one for each line of an order.
 *
 *     toEvents('{"action":"product_view","at":"2026-01-05T10:00:00Z","visitor":{"id":"v7"},"product":{"sku":"S1"}}', 'web.clicks/0/17')
 *     // [{ eventId: 'web.clicks/0/17/0', userId: 'v7', itemId: 'S1', behaviour: 'view', time: 1767607200000 }]
 *
 * `place` is topic/partition/offset. An event has its id from there, so a message that is read again gives the same ids, and
 * recstream keeps each once. What cannot be read gives null: it is passed on as it is, and recstream says what is wrong.
 */
export function toEvents(text, place) {
  let message
  try {
    message = JSON.parse(text)
  } catch {
    return null
  }
  const behaviour = behaviours[message?.action]
  // Pages and logins say nothing about products.
  if (behaviour === undefined) return []
  const lines = behaviour === 'order' ? message.order?.lines : [message.product]
  if (!Array.isArray(lines)) return null
  return lines.map((line, number) => ({
    eventId: `${place}/${number}`,
    userId: message.visitor?.id,
    itemId: line?.sku,
    behaviour,
    time: Date.parse(message.at),
    // Cents there, whole units here.
    ...(line?.cents === undefined ? {} : { value: line.cents / 100 }),
  }))
}
