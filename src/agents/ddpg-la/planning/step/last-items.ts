import type { Catalogue } from '../../../catalogue.ts'
import type { History } from '../../../interest/history.ts'
import type { Transitions } from '../../../interest/transitions.ts'

/**
 * Which items are not among the last `most` that a user was shown, as far as transitions go back; one is always left.
 *
 *     const open = othersThanLast(catalogue, history, transitions, 100)
 *     open(user)(item)   // good until the next call
 */
export function othersThanLast(
  catalogue: Pick<Catalogue, 'itemCount'>,
  history: Pick<History, 'transition'>,
  transitions: Pick<Transitions, 'placeOf' | 'item' | 'before'>,
  most: number,
) {
  /** Number of the call for which an item was among the last ones. */
  let shown = new Float64Array(0)
  let calls = 0
  return (user: number): ((item: number) => boolean) => {
    if (shown.length < catalogue.itemCount) shown = new Float64Array(2 * catalogue.itemCount)
    const call = ++calls
    let left = catalogue.itemCount
    for (
      let k = 0, at = transitions.placeOf(history.transition(user));
      at >= 0 && k < most && left > 1;
      k++, at = transitions.before(at)
    ) {
      const item = transitions.item(at)
      if (shown[item] !== call) left -= 1
      shown[item] = call
    }
    return item => shown[item] !== call
  }
}
