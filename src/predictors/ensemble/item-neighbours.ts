import type { SavedArrays } from '../../state/saved-arrays.ts'
import type { Interactions } from './interactions.ts'
import { pairTable } from './pair-table.ts'

export interface NeighbourOptions {
  /** Users in whom half of a correlation is believed. */
  shrinkage: number
  /** Exponent of the similarity. */
  power: number
  /** Weight of the pull to zero, beside the sum of similarities. */
  damping: number
  /** Users that two items must share. */
  leastUsers: number
  leastSimilarity: number
  /** Only this many of a user's last events are read, and only they are paired with a new one. */
  events: number
  /** Pairs of items remembered. */
  capacity: number
}

export const neighbourDefaults = {
  shrinkage: 25,
  power: 1,
  damping: 1,
  leastUsers: 2,
  leastSimilarity: 0.02,
  events: 100,
  capacity: 2_097_152,
}

/** A past item of a user: its slot, its share in what the neighbours say, and by how much it was off (1 to 5 scale). */
export interface Neighbour {
  item: number
  share: number
  residual: number
}

/**
 * Item-based neighbours of a residual, online: what a user's past items were off by says what a like item will be off by.
 *
 *     const residual = neighbours.predict(user, item)   // Σ sim·e / (Σ sim + damping)
 *     neighbours.learn(user, item, residual)            // before the event joins the user's history
 *     histories.values[…] = residual                    // then note it beside the event, as value `column`
 *
 * Similarity: Σ eᵢeⱼ / √(Σ eᵢ²·Σ eⱼ²) · c/(c + shrinkage) over the c users that both items share.
 */
export interface ItemNeighbours {
  predict(user: number, item: number): number
  learn(user: number, item: number, residual: number): void
  /** The user's past items that have a say, most first: their share in it, and by how much they were off. */
  because(user: number, item: number): Neighbour[]
  /** The sums of pairs as another learner made them, whose users are others. */
  hear(pairs: ItemPairs, residual: number): void
  /** Pairs held. */
  readonly pairs: number
  save(): SavedArrays
  restore(arrays: SavedArrays): void
}

/** The items, and residuals, with which an item was paired: the first `count` of each array. */
export interface ItemPairs {
  item: number
  others: Int32Array
  residuals: Float32Array | Float64Array
  count: number
}

export function itemNeighbours(
  options: NeighbourOptions & {
    interactions: Interactions
    column: number
    /** Told of the pairs of each event that is learned; the arrays are used again. */
    onPairs?: (pairs: ItemPairs, residual: number) => void
  },
): ItemNeighbours {
  const { interactions, column, shrinkage, power, damping, leastUsers, leastSimilarity, events } = options
  const { ofUsers, itemVersion } = interactions
  const pairs = pairTable({
    capacity: options.capacity,
    live: (slot, version) => itemVersion(slot) === version,
    weight(users, correlation) {
      if (users < leastUsers) return 0
      const similarity = (correlation * users) / (users + shrinkage)
      if (similarity <= leastSimilarity) return 0
      return power === 1 ? similarity : similarity ** power
    },
  })
  const length = Math.min(events, ofUsers.cap)
  // What a new event is paired with.
  const paired = {
    others: new Int32Array(length),
    versions: new Int32Array(length),
    residuals: new Float64Array(length),
    count: 0,
  }
  // Of the user's last events those that have a say, and how much.
  const heard = new Int32Array(length)
  const weights = new Float64Array(length)

  const firstOf = (user: number) => Math.max(ofUsers.from(user), ofUsers.to(user) - events)
  const weigh = (user: number, item: number, from: number): number => {
    const count = ofUsers.to(user) - from
    const { partners, versions } = ofUsers
    return pairs.weigh(item, itemVersion(item), partners, versions, from, count, heard, weights)
  }

  return {
    get pairs() {
      return pairs.held
    },
    predict(user, item) {
      const from = firstOf(user)
      const count = weigh(user, item, from)
      const { values, width } = ofUsers
      let sum = 0
      let total = damping
      for (let k = 0; k < count; k++) {
        sum += weights[k]! * values[(from + heard[k]!) * width + column]!
        total += weights[k]!
      }
      return sum / total
    },
    learn(user, item, residual) {
      const from = firstOf(user)
      const to = ofUsers.to(user)
      const { partners, versions, values, width } = ofUsers
      const versionsNow = interactions.itemVersions()
      let count = 0
      for (let e = from; e < to; e++) {
        const partner = partners[e]!
        if (partner === item || versionsNow[partner] !== versions[e]) continue
        paired.others[count] = partner
        paired.versions[count] = versions[e]!
        paired.residuals[count++] = values[e * width + column]!
      }
      paired.count = count
      pairs.add(item, itemVersion(item), paired, residual)
      options.onPairs?.({ item, ...paired }, residual)
    },
    hear({ item, others, residuals, count }, residual) {
      const versionsNow = interactions.itemVersions()
      for (let k = 0; k < count; k++) {
        paired.others[k] = others[k]!
        paired.versions[k] = versionsNow[others[k]!]!
        paired.residuals[k] = residuals[k]!
      }
      paired.count = count
      pairs.add(item, itemVersion(item), paired, residual)
    },
    because(user, item) {
      const from = firstOf(user)
      const count = weigh(user, item, from)
      const { partners, versions, values, width } = ofUsers
      const neighbours: Neighbour[] = []
      let total = damping
      for (let k = 0; k < count; k++) {
        const e = from + heard[k]!
        total += weights[k]!
        // Items that are gone have a say still, but no name.
        if (itemVersion(partners[e]!) !== versions[e]) continue
        neighbours.push({ item: partners[e]!, share: weights[k]!, residual: values[e * width + column]! })
      }
      for (const each of neighbours) each.share /= total
      return neighbours.sort((a, b) => b.share - a.share || a.item - b.item)
    },
    save: () => pairs.save(),
    restore: pairs.restore,
  }
}
