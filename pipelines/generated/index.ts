import { defaultWorld, definePipeline, describeWorld, readGenerated, worldBegins } from '../../src/index.ts'

/**
 * Made-up viewers of any number, for benchmarks and long runs; the size is given where a folder would be.
 *
 *     npx recstream start generated --source events=1000000,users=20000,items=5000,seed=1
 *
 * One event is one video shown to one user; its value, the share watched, is the reward.
 */
export default definePipeline({
  name: 'generated',
  description: 'Made-up viewers and videos, of any number',
  behaviours: { view: { again: 'never', target: true } },
  epoch: worldBegins,
  value: { min: 0, max: 1, required: true },
  reward: event => Math.min(1, Math.max(0, event.value ?? 0)),
  scale: { kind: 'watch', positiveFrom: 0.5 },
  // Repeats come right after the original, so that few ids are enough, and a long run soon has its final memory.
  clean: { duplicateCapacity: 100_000, botLimit: 1_000, botWindowMs: 60_000 },
  source: { folder: describeWorld(defaultWorld), kind: 'text', read: readGenerated },
})
