/** Variances of the weights of each kind of feature before anything is learned; 0 leaves the kind out. */
export interface WatchPriors {
  constant: number
  user: number
  item: number
  userToken: number
  itemToken: number
  /** Tokens of what surrounds the event. */
  context: number
  /** The user with each of the item's tokens. */
  userAndItemToken: number
  /** Time since the last event, place in the session, last rewards, numbers of events, likeness of the last item. */
  sequence: number
  /** Rates at which user, item and their tokens were rewarded, in logits. */
  rate: number
}

export interface WatchOptions {
  priors: WatchPriors
  /** Weights, and rates of pairs, that are remembered; 12 bytes each, twice that while a table is sparse. */
  weights: number
  rates: number
  /** Tokens of a user, of an item, or of what surrounds an event, that are looked at. */
  tokens: number
}

/** Found on KuaiRand-Pure's first 111,225 events, each variance in turn by the mean AUC of clicks and long views. */
export const watchDefaults: WatchOptions = {
  priors: {
    constant: 0.5,
    user: 0.045,
    item: 0.018,
    userToken: 0.003,
    itemToken: 0.02,
    context: 0.6,
    userAndItemToken: 0.03,
    sequence: 0.0125,
    rate: 0.0045,
  },
  weights: 4_194_304,
  rates: 2_097_152,
  tokens: 64,
}
