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
  /** Pairs held. */
  readonly pairs: number
  save(): SavedArrays
  restore(arrays: SavedArrays): void
}

export function itemNeighbours(
  options: NeighbourOptions & { interactions: Interactions; column: number },
): ItemNeighbours {
  const { interactions, column, shrinkage, power, damping, leastUsers, leastSimilarity, events } = options
  const { ofUsers, itemVersion } = interactions
  const pairs = pairTable({ capacity: options.capacity, live: (slot, version) => itemVersion(slot) === version })
  // Where predict found the pairs, for the learn that follows it.
  const found = new Int32Array(Math.min(events, ofUsers.cap))
  let foundUser = -1
  let foundItem = -1

  const firstOf = (user: number) => Math.max(ofUsers.from(user), ofUsers.to(user) - events)

  /** What a pair weighs in a prediction; 0 if it has no say. */
  const weightOf = (place: number): number => {
    const users = place < 0 ? 0 : pairs.count(place)
    if (users < leastUsers) return 0
    const similarity = (pairs.correlation(place) * users) / (users + shrinkage)
    if (similarity <= leastSimilarity) return 0
    return power === 1 ? similarity : similarity ** power
  }

  const predict = (user: number, item: number): number => {
    const { partners, versions, values, width } = ofUsers
    const from = firstOf(user)
    const to = ofUsers.to(user)
    const version = itemVersion(item)
    pairs.findAll(item, version, partners, versions, from, to - from, found)
    let sum = 0
    let weight = damping
    for (let e = from; e < to; e++) {
      const w = weightOf(found[e - from]!)
      sum += w * values[e * width + column]!
      weight += w
    }
    foundUser = user
    foundItem = item
    return sum / weight
  }

  return {
    get pairs() {
      return pairs.held
    },
    predict,
    learn(user, item, residual) {
      const { partners, versions, values, width } = ofUsers
      const from = firstOf(user)
      const to = ofUsers.to(user)
      const version = itemVersion(item)
      const known = foundUser === user && foundItem === item
      for (let e = from; e < to; e++) {
        const partner = partners[e]!
        if (partner === item || itemVersion(partner) !== versions[e]) continue
        let place = known ? found[e - from]! : -1
        if (place < 0 || !pairs.is(place, item, version, partner, versions[e]!)) {
          place = pairs.admit(item, version, partner, versions[e]!)
        }
        const past = values[e * width + column]!
        if (item < partner) pairs.add(place, residual, past)
        else pairs.add(place, past, residual)
      }
      foundUser = -1
    },
    because(user, item) {
      const { partners, versions, values, width } = ofUsers
      const from = firstOf(user)
      predict(user, item)
      const neighbours: Neighbour[] = []
      let total = damping
      for (let e = from; e < ofUsers.to(user); e++) {
        const weight = weightOf(found[e - from]!)
        total += weight
        // Items that are gone have a say still, but no name.
        if (weight === 0 || itemVersion(partners[e]!) !== versions[e]) continue
        neighbours.push({ item: partners[e]!, share: weight, residual: values[e * width + column]! })
      }
      for (const each of neighbours) each.share /= total
      return neighbours.sort((a, b) => b.share - a.share || a.item - b.item)
    },
    save: () => pairs.save(),
    restore(arrays) {
      pairs.restore(arrays)
      foundUser = -1
    },
  }
}
