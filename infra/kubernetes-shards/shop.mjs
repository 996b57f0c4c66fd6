import { definePipeline } from 'recstream'

// Yours stands here: docs/start/your-own-pipeline.md says what it may hold.
export default definePipeline({
  name: 'shop',
  description: 'What people look at and buy',
  behaviours: { view: { again: 'always' }, buy: { again: 'never', target: true } },
  reward: ({ behaviour }) => (behaviour === 'buy' ? 1 : 0.1),
  like: ({ behaviour }) => behaviour === 'buy',
  scale: { kind: 'watch', positiveFrom: 0.5 },
  // Fixed when the pipeline begins: as many parts as there may ever be shards, and partitions a multiple of that.
  parts: 4,
  partitions: 8,
})
