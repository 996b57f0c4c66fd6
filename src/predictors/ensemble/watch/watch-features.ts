import { tokenNames } from './slot-tokens.ts'

/** What features are of. */
export const kinds = {
  ...{ constant: 0, user: 1, item: 2, userToken: 3, itemToken: 4, context: 5, userAndItemToken: 6 },
  ...{ gap: 8, place: 9, pattern: 10, userEvents: 11, itemEvents: 12, again: 13, likeness: 14, rate: 15 },
}
/** Where a rate is from; one weight for each of these and for each band of counts. */
export const rates = { user: 0, item: 8, userInContext: 16, itemInContext: 17, tokenInContext: 32 }

/** Features after which those of a user's moment are worked out anew, so that they do not pile up. */
export const featuresKept = 8192
export const mostShared = 4
export const bands = 10
/** Where numbers of features of which there are few begin: rates by source and band, items' events by band, … */
export const fewEvents = (rates.tokenInContext + tokenNames) * bands
export const fewAgains = fewEvents + bands
export const fewLikenesses = fewAgains + 4
export const fews = fewLikenesses + 2 * (mostShared + 1)
export const firstRateWeight = 0.1
export const userDamping = 2
export const itemDamping = 5
export const pairDamping = 5
export const allFade = 0.9999

/** Numbers of events in bands that widen, 0 … 9. */
export const countBand = (count: number): number => Math.min(9, Math.floor(1.5 * Math.log2(1 + count)))
