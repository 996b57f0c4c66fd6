import type { Random } from '../../state/random.ts'
import type { SavedArrays } from '../../state/saved-arrays.ts'

/** Priorities of places in a replay buffer in a tree of sums: a change and a draw cost O(log capacity). */
export interface Priorities {
  /** A new transition stands as high as the highest so far, so that it is seen soon. */
  add(place: number): void
  /** Priorities from errors: (|error| + 0.01)^exponent. */
  set(places: Int32Array, errors: Float32Array): void
  /** Places drawn in proportion, among those that `fits` lets through, and what weighs each back, at most 1. */
  sample(
    count: number,
    bias: number,
    held: number,
    random: Random,
    fits: (place: number) => boolean,
  ): { places: Int32Array; shares: Float32Array }
  readonly arrays: SavedArrays
}

export function createPriorities(capacity: number, exponent: number): Priorities {
  let leaves = 1
  while (leaves < capacity) leaves *= 2
  const tree = new Float64Array(2 * leaves)
  const highest = Float64Array.of(1)

  const put = (place: number, priority: number) => {
    let node = leaves + place
    tree[node] = priority
    // Sums are taken anew from both children: differences added up would drift.
    for (node >>= 1; node > 0; node >>= 1) tree[node] = tree[2 * node]! + tree[2 * node + 1]!
  }
  const find = (share: number): number => {
    let rest = share * tree[1]!
    let node = 1
    while (node < leaves) {
      node *= 2
      if (rest >= tree[node]! && tree[node + 1]! > 0) {
        rest -= tree[node]!
        node += 1
      }
    }
    return node - leaves
  }

  return {
    add: place => put(place, highest[0]!),
    set(places, errors) {
      for (let b = 0; b < places.length; b++) {
        const priority = (Math.abs(errors[b]!) + 0.01) ** exponent
        if (!Number.isFinite(priority)) continue
        if (priority > highest[0]!) highest[0] = priority
        put(places[b]!, priority)
      }
    },
    sample(count, bias, held, random, fits) {
      const places = new Int32Array(count)
      const shares = new Float32Array(count)
      let filled = 0
      let largest = 0
      for (let tries = 0; filled < count && tries < 20 * count; tries++) {
        const place = find(random.uniform())
        if (!fits(place)) continue
        const share = ((held * tree[leaves + place]!) / tree[1]!) ** -bias
        if (share > largest) largest = share
        places[filled] = place
        shares[filled++] = share
      }
      return { places: places.subarray(0, filled), shares: shares.subarray(0, filled).map(share => share / largest) }
    },
    arrays: { tree, highest },
  }
}
