import type { ItemNeighbours, ItemPairs } from '../../../predictors/ensemble/item-neighbours.ts'
import type { Exchanged } from './exchanged.ts'

/** What a learner adds to sums of pairs of items, event by event, and takes from others. */
export interface PairSums extends Exchanged {
  note(pairs: ItemPairs, residual: number): void
}

/**
 * Sums over the users that two items share. Each event adds to as many pairs as its user had items before, and nearly all of
 * them are other pairs than the last event's: so what was added is told as it was added, and each learner adds all of it.
 */
export function pairSums(neighbours: () => ItemNeighbours): PairSums {
  let noted: { item: number; residual: number; others: Int32Array; residuals: ItemPairs['residuals'] }[] = []
  return {
    note({ item, others, residuals, count }, residual) {
      noted.push({ item, residual, others: others.slice(0, count), residuals: residuals.slice(0, count) })
    },
    give() {
      const counts = Int32Array.from(noted, ({ others }) => others.length)
      const length = counts.reduce((sum, count) => sum + count, 0)
      // Residuals of a user's past are kept in 32 bits, so that these are all there are.
      const [others, residuals] = [new Int32Array(length), new Float32Array(length)]
      let at = 0
      for (const each of noted) {
        others.set(each.others, at)
        residuals.set(each.residuals, at)
        at += each.others.length
      }
      const given = {
        ...{ counts, others, residuals },
        items: Int32Array.from(noted, ({ item }) => item),
        own: Float64Array.from(noted, ({ residual }) => residual),
      }
      noted = []
      return given
    },
    take(given, own) {
      for (const [learner, { counts, items, own: ofItems, others, residuals }] of given.entries()) {
        if (learner === own) continue
        for (let event = 0, at = 0; event < counts!.length; event++) {
          const count = counts![event]!
          const pairs = {
            ...{ item: items![event]!, count },
            others: others!.subarray(at, at + count) as Int32Array,
            residuals: residuals!.subarray(at, at + count) as Float32Array,
          }
          neighbours().hear(pairs, ofItems![event]!)
          at += count
        }
      }
    },
  }
}
