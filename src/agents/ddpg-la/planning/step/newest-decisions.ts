import type { Transitions } from '../../../interest/transitions.ts'
import type { decisions } from './candidates.ts'

/** Decisions over which the index's weights are a mean. */
const most = 256

/** Places of the newest decisions that are still known, but for those of people who are forgotten. */
export function newestDecisions(
  { added, placeOf }: Pick<Transitions, 'added' | 'placeOf'>,
  { isKnown }: Pick<ReturnType<typeof decisions>, 'isKnown'>,
): Int32Array {
  const numbers = Array.from({ length: Math.min(most, added) }, (_, back) => added - 1 - back)
  return Int32Array.from(numbers.map(placeOf).filter(place => place >= 0 && isKnown(place)))
}
