import { reasons } from '../../records/reasons.ts'

/** Why a record was rejected, in words. */
export function inWords(reason: string): string {
  return Object.hasOwn(reasons, reason) ? reasons[reason as keyof typeof reasons] : reason
}
