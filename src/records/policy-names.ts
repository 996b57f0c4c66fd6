import type { Scale } from './definition.ts'

/** DDPG-LA as the corrector of another policy's predictions; `ddpg-la` alone is the agent that serves and plans in arms. */
export const ownPolicy = 'ddpg-la-residual'

/** What ddpg-la-residual corrects. */
export const basePolicy = (kind: Scale['kind']): string => (kind === 'watch' ? 'logistic' : 'ensemble')

/**
 * What it is held beside: as far as it has not earned more, it is this. Of two the second counts as far as it has earned more than the
 * first, for on some logs a logistic regression knows far less than the ensemble.
 */
export const besidePolicies = (kind: Scale['kind']): readonly [string] | readonly [string, string] =>
  kind === 'watch' ? ['logistic-records', 'ensemble'] : ['ensemble']

/** The policies that are scored on every event, in the order in which scores are listed. */
export const scoredPolicies = (kind: Scale['kind']): readonly string[] =>
  kind === 'watch'
    ? ['popularity', 'bias', 'factorisation', 'logistic', 'ensemble', 'logistic-records', ownPolicy]
    : ['popularity', 'bias', 'factorisation', 'ensemble', ownPolicy]

/**
 * The name today of a scored policy: older checkpoints and model versions hold the names of before.
 *
 *     presentName('stack')   // 'ensemble'
 */
export const presentName = (scored: string): string => ({ stack: 'ensemble', 'ddpg-la': ownPolicy })[scored] ?? scored
