import type { LearnerState } from '../learner.ts'

/**
 * Whether a learner's state may lack users: before users went to disk, whoever was away longest was forgotten when there were
 * `learn.maxUsers` others. States of that time say the setting of themselves, and no later ones do.
 */
export function mayLackUsers({ arrays, meta }: LearnerState): boolean {
  const maxUsers = (meta['identity'] as Record<string, unknown> | undefined)?.['learn.maxUsers']
  return typeof maxUsers === 'number' && arrays['users.order']!.length >= maxUsers
}
