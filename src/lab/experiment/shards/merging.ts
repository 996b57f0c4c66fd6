/** Parts that learners exchange: five of the ensemble, three of the logistic regression of watch rewards. */
export const partNames = ['regression', 'sums', 'evidence', 'steps', 'pairs', 'weights', 'rates', 'faded'] as const
export type PartName = (typeof partNames)[number]

/** How what several learners know in an array is put together: by the exchange of a part, or not at all and why. */
export type Merged = PartName | 'of the users' | 'alike in all' | 'follows from the rest' | 'stays apart'

/**
 * How each array that the ensemble and the logistic regression save is put together, by the beginning of its name, the longest that
 * fits:
 *
 * - regression: a normal posterior, by natural parameters
 * - sums: the old and what each has added
 * - evidence: what events say of items, in natural parameters, beside the prior
 * - steps: gradient steps, added or averaged
 * - pairs, rates: sums over users, added up
 * - weights: normal posteriors without covariances, by natural parameters, or means averaged by evidence
 * - faded: as if each learner's events had come after those of the learner before it
 *
 * What stays apart cannot be said exactly: it depends on the order of events, or each learner chooses for itself.
 */
export const merging: Readonly<Record<string, Merged>> = {
  'encounters.users': 'of the users',
  // Which users an item had, with their factors: what they say of it is exchanged in place of them.
  'encounters.items': 'stays apart',
  'encounters.ring': 'of the users',
  'encounters.counts': 'of the users',
  'encounters.userTenants': 'alike in all',
  'encounters.itemTenants': 'alike in all',
  moods: 'of the users',
  habits: 'of the users',
  regression: 'regression',
  // Sums that fade by events of an item.
  drift: 'stays apart',
  'factors?.user': 'of the users',
  'factors?.item': 'evidence',
  'factors?.user.prior': 'sums',
  'factors?.user.prior.counted': 'of the users',
  'factors?.user.prior.weights': 'follows from the rest',
  'factors?.item.prior': 'follows from the rest',
  'factors?.user.places': 'alike in all',
  'factors?.item.places': 'alike in all',
  'factors?.all': 'sums',
  // Which past events are looked at again.
  'factors?.random': 'stays apart',
  'neighbours?': 'pairs',
  'expert?.user': 'of the users',
  'expert?.item': 'steps',
  'expert?.all': 'steps',
  'logistic.model': 'weights',
  'logistic.pairs': 'rates',
  'logistic.all': 'faded',
  'logistic.ofItems': 'faded',
  'logistic.ofUsers': 'of the users',
  'logistic.userIds': 'of the users',
  'logistic.userTokens': 'of the users',
  'logistic.contexts': 'of the users',
  'logistic.contextTokens': 'of the users',
  'logistic.sessions': 'of the users',
  'logistic.sessions.tenants': 'alike in all',
  'logistic.sessions.admitted': 'alike in all',
  'logistic.itemIds': 'alike in all',
  'logistic.itemTokens': 'alike in all',
}

/** Arrays of a policy that stay apart in each learner. */
export const apart = (isLogistic: boolean): string[] =>
  Object.entries(merging).flatMap(([name, how]) =>
    how === 'stays apart' && name.startsWith('logistic.') === isLogistic ? [name] : [],
  )

/**
 * How an array is put together, by its name.
 *
 *     mergedBy('factors0.item.bias')   // 'evidence'
 */
export function mergedBy(name: string): Merged | undefined {
  const general = name.replace(/^(factors|neighbours|expert)\d+/, '$1?')
  const found = Object.keys(merging).filter(prefix => general.startsWith(prefix))
  return merging[found.reduce((longest, each) => (each.length > longest.length ? each : longest), '')]
}
