import type { UserProfile } from '../../records/definition.ts'
import { Rejection } from '../../records/rejection.ts'
import { checkAttributes } from './attributes.ts'
import { isId } from './text.ts'

const badUserId = new Rejection('invalid', '"userId" must be a text of 1 to 1,024 characters.')

/** A decoded value as a profile. */
export function checkProfile(decoded: object): UserProfile | Rejection {
  const { userId, attributes: raw } = decoded as Partial<Record<keyof UserProfile, unknown>>
  if (!isId(userId)) return badUserId
  const attributes = checkAttributes(raw)
  return attributes instanceof Rejection ? attributes : { userId, attributes }
}
