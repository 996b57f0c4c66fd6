import type { UserProfile } from '../definition.ts'
import { Rejection } from '../rejection.ts'
import { checkAttributes } from './attributes.ts'
import { idRule, isId } from './text.ts'
import { unfit } from './unfit.ts'

/** A decoded value as a profile. */
export function checkProfile(decoded: object): UserProfile | Rejection {
  const { userId, attributes: raw } = decoded as Partial<Record<keyof UserProfile, unknown>>
  if (!isId(userId)) return unfit('userId', idRule, userId)
  const attributes = checkAttributes(raw)
  return attributes instanceof Rejection ? attributes : { userId, attributes }
}
