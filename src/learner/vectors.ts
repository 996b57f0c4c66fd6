import type { Policy } from '../predictors/baselines/policy.ts'
import type { Ensemble } from '../predictors/ensemble/ensemble.ts'
import { recentWidth } from '../predictors/ensemble/recent-residuals.ts'
import { recordsSize } from '../predictors/records/records-layout.ts'
import type { SignalRecords } from '../predictors/records/signal-records.ts'
import { logitOf } from '../state/logit.ts'
import type { FeatureTable } from './features/feature-table.ts'

/**
 * The numbers that the networks see, made from what the baselines and the feature tables know right now.
 *
 * Scales bring each of them to the order of one; a slot of −1 is an item that was forgotten, whose numbers are zero.
 */
export interface Vectors {
  readonly recordSize: number
  readonly profileSize: number
  readonly candidateSize: number
  /**
   * One past event: item factors and bias, reward, residual (reward − what was predicted), gap, item features, 1.
   * All zero pads a short window; that is why the last number is a constant.
   */
  record(target: Float64Array, item: number, reward: number, residual: number, gap: number): void
  /** The user at a time: factors, bias, how much is known, gap since the last record, then profile features, or in their place records. */
  profile(target: Float64Array, user: number, time: number, gap: number): void
  /**
   * An item for that user: factors and their products with the user's, bias, predictions, what the ensemble has of its
   * neighbours and the user's recent residuals, how much is known, then features, or in their place the base's logit. `base`
   * is what the corrected policy predicts.
   */
  candidate(target: Float64Array, user: number, item: number, time: number, base: number): void
}

export function vectors(options: {
  ensemble: Ensemble
  /** Policies whose predictions stand beside the base's; the ensemble is one of them, or the base. */
  others: readonly Policy[]
  users: FeatureTable
  items: FeatureTable
  /**
   * Dense records, which the networks see instead of factors and features of user and item.
   *
   * Beside records those are mostly noise to the networks: with less to see they know more (docs/contribute/decisions.md).
   */
  records: SignalRecords | null
  /** To be called before an item's factors are read. */
  foresee(item: number): void
}): Vectors {
  const { ensemble, others, users, items, records, foresee } = options
  const { factorisation } = ensemble
  const { factors } = factorisation
  const recordSize = factors + items.width + 5
  const shown = records === null ? factors : 0
  return {
    recordSize,
    profileSize: shown + 4 + (records === null ? users.width : recordsSize),
    candidateSize: 2 * shown + others.length + recentWidth + 7 + (records === null ? items.width : 1),
    record(target, item, reward, residual, gap) {
      if (item >= 0) foresee(item)
      const q = factorisation.itemFactors()
      let at = 0
      for (let k = 0; k < factors; k++) target[at++] = item < 0 ? 0 : factorScale * q[item * factors + k]!
      target[at++] = item < 0 ? 0 : biasScale * factorisation.itemBias(item)
      target[at++] = 2 * reward - 1
      target[at++] = residualScale * residual
      target[at++] = gap
      items.write(item, target, at)
      target[recordSize - 1] = 1
    },
    profile(target, user, time, gap) {
      const p = factorisation.userFactors()
      let at = 0
      for (let k = 0; k < shown; k++) target[at++] = factorScale * p[user * factors + k]!
      const count = factorisation.userCount(user)
      target[at++] = biasScale * factorisation.userBias(user)
      target[at++] = 1 / Math.sqrt(1 + count)
      target[at++] = Math.log1p(count) / 5
      target[at++] = gap
      if (records === null) {
        users.write(user, target, at)
        return
      }
      records.observe(user, time)
      target.set(records.values, at)
    },
    candidate(target, user, item, time, base) {
      const p = factorisation.userFactors()
      const q = factorisation.itemFactors()
      let at = 0
      for (let k = 0; k < shown; k++) {
        const scaled = factorScale * q[item * factors + k]!
        target[at++] = scaled
        target[at++] = scaled * factorScale * p[user * factors + k]!
      }
      const count = factorisation.itemCount(item)
      target[at++] = biasScale * factorisation.itemBias(item)
      target[at++] = 4 * base - 2
      for (const policy of others) target[at++] = biasScale * (policy.predict(user, item, time) - base)
      target[at++] = biasScale * (factorisation.predict(user, item, time) - base)
      target[at++] = ensemble.deviation
      target[at++] = ensemble.neighbourResidual
      ensemble.readRecentResiduals(user, time, target, at)
      at += recentWidth
      target[at++] = 1 / Math.sqrt(1 + count)
      target[at++] = Math.log1p(count) / 5
      if (records === null) items.write(item, target, at)
      else target[at] = logitOf(base) / 2
    },
  }
}

// Factors have a standard deviation of about 0.3, biases in reward of about 0.1.
export const factorScale = 3
export const biasScale = 4
const residualScale = 3
