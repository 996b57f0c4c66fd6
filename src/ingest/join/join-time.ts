import { isDated } from '../../records/checks/time.ts'
import type { Entry } from '../order/follow.ts'

/** Up to when profiles and items are read for an event. Only one that may be kept is joined: for no other is anything read ahead. */
export function joinTime(entry: Entry): number {
  const { timestamp } = entry.record
  return 'value' in entry && isDated(timestamp) ? timestamp : Number.NEGATIVE_INFINITY
}
