import { doubleColumn } from '../../state/slot-column.ts'
import { evidenceWidth, type Side } from './posterior-side.ts'

/** What the factorisations of learners with different users tell each other of the items, which all of them have. */
export interface FactorisationExchange {
  /** Sums to which each learner adds: of all ratings, and of users with features in common. Live arrays. */
  readonly sums: Readonly<Record<'all' | 'user.prior.gram' | 'user.prior.moments', Float64Array>>
  /** Numbers of one item's evidence. */
  readonly width: number
  /** What this learner's own events say of an item, in natural parameters, without any prior. */
  read(item: number, into: Float64Array): void
  /** What the others' events say of it instead of what they said before, and how many are new; its posterior is of all together. */
  take(item: number, evidence: Float64Array, events: number): void
  /** Fit anew what features say, if others' events take the count past a fit; `before`: the count at the last exchange. */
  fit(before: number): void
}

/**
 * An item's posterior is worked out from its history whenever it changes, so what others know of it cannot be added to the
 * posterior itself: it stands beside the history, as a second prior.
 *
 *     exchange.read(item, evidence)               // in the learner whose events they are
 *     exchange.take(item, ofAllOthers, events)    // in each other
 */
export function factorisationExchange(options: {
  user: Side
  item: Side
  /** Count and sum of ratings; events. */
  all: Float64Array
  fitEvery: number
  evidence: (item: number, into: Float64Array) => void
  settleItem: (item: number) => void
  updateItem: (item: number) => void
  fit: () => void
}): FactorisationExchange {
  const { user, item, all, fitEvery } = options
  const fitsAt = (events: number) => Math.floor(events / fitEvery)
  return {
    sums: { all, 'user.prior.gram': user.prior.sums.gram, 'user.prior.moments': user.prior.sums.moments },
    width: evidenceWidth(item.factors.width),
    read: options.evidence,
    take(slot, evidence, events) {
      item.others ??= doubleColumn(evidence.length)
      item.others.reserve(item.count.data.length)
      item.others.data.set(evidence, slot * evidence.length)
      options.settleItem(slot)
      item.count.data[slot]! += events
      options.updateItem(slot)
    },
    fit(before) {
      if (fitsAt(all[2]!) > fitsAt(before)) options.fit()
    },
  }
}
