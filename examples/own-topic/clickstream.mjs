import { definePipeline } from 'recstream'
import { toEvent } from './to-event.mjs'

const worth = { view: 0.1, basket: 0.4, order: 1 }

export default definePipeline({
  name: 'clickstream',
  description: 'A shop whose services write messages in a form of their own',
  decode: { event: toEvent },
  // How long messages stay on the topic is decided by those whose topic it is; what is gone cannot be learned again.
  topicRetention: 'any',
  // Whoever ordered something is not shown it for a month.
  behaviours: {
    view: { again: 'always' },
    basket: { again: 'always' },
    order: { again: 30 * 86_400_000, target: true },
  },
  // Of an order, what was paid, in the currency of the shop.
  value: { min: 0, max: 100_000 },
  reward: ({ behaviour }) => worth[behaviour],
  like: ({ behaviour }) => behaviour === 'order',
  scale: { kind: 'watch', positiveFrom: 0.4 },
  // Services may send again what they sent up to a week ago: no id is forgotten until then.
  clean: { duplicateWindowMs: 7 * 86_400_000 },
  recommend: { length: 5, everyMs: 60_000 },
})
