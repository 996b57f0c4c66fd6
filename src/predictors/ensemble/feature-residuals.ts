import type { FeaturePlaces } from './feature-places.ts'
import type { Histories } from './histories.ts'

/**
 * How far off a user's last events were with items that have features in common: residuals by feature.
 *
 *     byFeature.read(user, item)   // Σ S_f / (Σ N_f + 4) over the item's features f
 *
 * S_f and N_f sum residuals and events of the user's items with feature f, each later one of the same feature leaving
 * nine tenths of the weight. They are worked out from the history, once per user and event, and are kept nowhere.
 */
export interface FeatureResiduals {
  read(user: number, item: number): number
  /** The user has an event more, or features changed: what was worked out no longer holds. */
  forget(): void
}

export function featureResiduals(options: {
  histories: Histories
  /** The value beside an event that is its residual. */
  column: number
  features: FeaturePlaces
  versionsOf: () => Int32Array
  /** Only this many of a user's last events are read. */
  events?: number
}): FeatureResiduals {
  const { histories, column, features, versionsOf, events = 200 } = options
  const { size } = features
  const sums = new Float64Array(size)
  const counts = new Float64Array(size)
  const weights = new Float64Array(size)
  let known = -1

  const workOut = (user: number) => {
    sums.fill(0)
    counts.fill(0)
    weights.fill(1)
    const to = histories.to(user)
    const from = Math.max(histories.from(user), to - events)
    const { partners, versions, values, width } = histories
    const { data } = features
    const versionsNow = versionsOf()
    for (let e = to - 1; e >= from; e--) {
      const item = partners[e]!
      if (versionsNow[item] !== versions[e]) continue
      const residual = values[e * width + column]!
      for (let at = features.from(item), to = features.to(item); at < to; at++) {
        const feature = data[at]!
        const weight = weights[feature]!
        sums[feature]! += weight * residual
        counts[feature]! += weight
        weights[feature] = fade * weight
      }
    }
    known = user
  }

  return {
    read(user, item) {
      if (known !== user) workOut(user)
      const { data } = features
      let sum = 0
      let count = prior
      for (let at = features.from(item), to = features.to(item); at < to; at++) {
        sum += sums[data[at]!]!
        count += counts[data[at]!]!
      }
      return sum / count
    },
    forget() {
      known = -1
    },
  }
}

const fade = 0.9
const prior = 4
