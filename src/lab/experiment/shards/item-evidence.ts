import type { BayesianFactorisation } from '../../../predictors/ensemble/bayesian-factorisation.ts'
import { additive, type Exchanged } from './exchanged.ts'

/** The sums of a factorisation to which each learner adds; what features say is fitted anew when their count passes a fit. */
export function factorisationSums({ exchange }: BayesianFactorisation): Exchanged {
  const { sums } = exchange
  return additive({
    read: () => Object.fromEntries(Object.entries(sums).map(([name, live]) => [name, live.slice()])),
    write(arrays) {
      const before = sums.all[2]!
      for (const [name, live] of Object.entries(sums)) live.set(arrays[name] as Float64Array)
      exchange.fit(before)
    },
  })
}

/**
 * The posteriors of items: each learner says what its own events tell of an item, as precision and precision times mean without
 * the prior, and takes the sum of what the others say beside its own.
 *
 * What was said last of an item holds until its learner has an event of it again, though the factors of users move meanwhile.
 */
export function itemEvidence({ exchange }: BayesianFactorisation, items: number): Exchanged {
  const { width } = exchange
  /** What each learner said last, by learner. */
  const said: Float64Array[] = []
  const sum = new Float64Array(width)
  return {
    give({ items: touched, events }) {
      const evidence = new Float64Array(touched.length * width)
      for (const [k, item] of touched.entries()) exchange.read(item, evidence.subarray(k * width, (k + 1) * width))
      return { items: touched, events, evidence }
    },
    take(given, own) {
      const added = new Int32Array(items)
      for (const [learner, { items: touched, events, evidence }] of given.entries()) {
        if (learner === own) continue
        const last = (said[learner] ??= new Float64Array(items * width))
        for (let k = 0; k < touched!.length; k++) {
          last.set(evidence!.subarray(k * width, (k + 1) * width), touched![k]! * width)
          added[touched![k]!]! += events![k]!
        }
      }
      for (let item = 0; item < items; item++) {
        if (added[item] === 0) continue
        sum.fill(0)
        for (const last of Object.values(said)) for (let k = 0; k < width; k++) sum[k]! += last[item * width + k]!
        exchange.take(item, sum, added[item]!)
      }
    },
  }
}
