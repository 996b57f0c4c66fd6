// A pipeline of three arms that is small enough to be learned in a test, written out: children cannot import TypeScript.
import { definePipeline } from '../../../dist/src/pipeline/define-pipeline.js'

export default definePipeline({
  name: 'small',
  behaviours: ['watch'],
  reward: event => event.value ?? 0,
  scale: { kind: 'watch', positiveFrom: 0.5 },
  window: { shortLength: 4 },
  learn: { blockSize: 32, hiddenSize: 4, shortSize: 4, factors: 4, replayCapacity: 128, checkpointEvery: 200 },
  recommend: { length: 3, candidates: 20, everyMs: 0 },
  arms: [
    { name: 'today', policy: 'champion', share: 1 },
    { name: 'chance', policy: 'random', share: 1 },
    { name: 'many', policy: 'popularity', share: 2 },
  ],
  plan: { exclude: 4 },
  guard: { enabled: 'no' },
})
