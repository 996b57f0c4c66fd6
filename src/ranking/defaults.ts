import type { RecommendSettings } from '../records/definition.ts'

/**
 * List settings: ten items out of at most a hundred candidates, at most one list per user and hour of event time.
 *
 *     recommend: { ...defaultRecommend, everyMs: 0 }   // a list at every event
 */
export const defaultRecommend: RecommendSettings = {
  length: 10,
  candidates: 100,
  everyMs: 3_600_000,
  exploration: 'epsilon',
  epsilon: 0.05,
  alternatives: 'no',
  coOccurrences: 128,
  recent: 40,
  learnEvery: 32,
  easeItems: 0,
}
