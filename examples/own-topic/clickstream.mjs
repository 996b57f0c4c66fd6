import { definePipeline } from 'recstream'

const worth = { view: 0.1, basket: 0.4, order: 1 }

export default definePipeline({
  name: 'clickstream',
  description: 'A shop whose events come from a topic that was there before recstream',
  behaviours: Object.keys(worth),
  // Of an order, what was paid, in the currency of the shop.
  value: { min: 0, max: 100_000 },
  reward: ({ behaviour }) => worth[behaviour],
  like: ({ behaviour }) => behaviour === 'order',
  scale: { kind: 'watch', positiveFrom: 0.4 },
  // A bridge that stood still for a week may send again what it sent before: no id is forgotten until then.
  clean: { duplicateWindowMs: 7 * 86_400_000 },
  recommend: { length: 5, everyMs: 60_000 },
})
