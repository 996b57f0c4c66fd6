import type { LearnSettings } from '../records/definition.ts'

/**
 * Learning settings that hold up on ratings and on watch time alike.
 *
 *     learn: { ...defaultLearn, seed: 7 }
 *
 * Sizes are counts; rates are per step. Memory grows with maxUsers and maxItems (about 0.9 kB each), with
 * their events (at most `history` of each, 12 to 24 bytes), neighbourPairs (32 bytes) and replayCapacity (about 1.2 kB each).
 */
export const defaultLearn: LearnSettings = {
  seed: 1,
  blockSize: 256,
  batchesPerStep: 3,
  hiddenSize: 16,
  shortSize: 8,
  ensemble: 'lite',
  factors: 6,
  history: 400,
  neighbourPairs: 2_097_152,
  watchWeights: 4_194_304,
  replayCapacity: 8192,
  longInterest: 'rlstm',
  shortInterest: 't-self-attention',
  burnIn: 2,
  loss: 'huber',
  learningRate: 0.001,
  weightDecay: 6,
  gamma: 0,
  criticWeight: 0.1,
  targetRate: 0.01,
  training: 'worker',
  checkpointEvery: 10_000,
  checkpointsKept: 3,
  maxUsers: 20_000,
  maxItems: 20_000,
  gateMargin: 0.005,
  gateEvents: 2_000,
}
