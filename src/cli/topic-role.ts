import { RecstreamError } from '../errors.ts'
import { nearest } from '../settings/nearest.ts'

/** The topics of a pipeline as they are called on the command line. */
export const topicRoles = [
  'behaviour-events',
  'user-profiles',
  'items',
  'interest-sequences',
  'recommendations',
  'model-versions',
  'commands',
  'dead-letters',
  'block-order',
] as const

export type TopicRole = (typeof topicRoles)[number]

/** Roles of the topics that other services write. */
export const inputRoles = ['behaviour-events', 'user-profiles', 'items'] as const

export type InputRole = (typeof inputRoles)[number]

/**
 * A topic given by its role or by its full name.
 *
 *     topicRole('movielens.items', topicRoles)   // { role: 'items', pipeline: 'movielens' }
 *     topicRole('items', topicRoles)             // { role: 'items' }
 */
export function topicRole<Role extends string>(
  given: string,
  allowed: readonly Role[],
): { role: Role; pipeline?: string } {
  const dot = given.lastIndexOf('.')
  const role = given.slice(dot + 1) as Role
  if (allowed.includes(role)) return dot < 0 ? { role } : { role, pipeline: given.slice(0, dot) }
  throw new RecstreamError(
    'TOPIC_UNKNOWN',
    `There is no topic "${given}" here; did you mean ${nearest(role, allowed, 1)[0]}? Give one of ${allowed.join(', ')}.`,
  )
}
