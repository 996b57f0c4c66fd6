import { ownPolicy } from '../../records/policy-names.ts'

/**
 * What a policy of an experiment was called before, by which it can be asked for in this version still; null if always so.
 *
 *     formerName('ensemble (frozen)')      // 'stack (frozen)'
 *     formerName('ddpg-la-paper (ours)')   // 'DDPG-LA (ours)'
 */
export function formerName(policy: string): string | null {
  const former = policy
    .replace(/\bensemble\b/, 'stack')
    .replace(ownPolicy, 'ddpg-la')
    .replace(/^ddpg-la-paper(?! \()/, 'DDPG-LA (paper)')
    .replace(/^ddpg-la-paper/, 'DDPG-LA')
  return former === policy ? null : former
}
