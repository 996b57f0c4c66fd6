import type { Recommendation } from '../../src/records/recommendation.ts'

/** The list of a first event. */
export const oneList: Recommendation = {
  ...{
    recommendationId: 'r',
    userId: 'u',
    time: 1,
    sequence: 1,
    partition: 0,
    offset: 0,
    modelVersion: 0,
    short: null,
  },
  ...{ policy: 'p', arm: 'a', items: [{ itemId: 'i', score: 1, propensity: 1, reason: '' }] },
}
