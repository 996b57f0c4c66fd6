import { binOf, bins } from './probability-bins.ts'

/** Where each prediction stands among those of the other kind that came before it. */
export interface Placements {
  /**
   * Take in a prediction of a positive or another event: the share of the other kind below a positive, or above one that is
   * none, ties half; NaN where there is none of the other kind yet.
   */
  add(predicted: number, positive: boolean): number
  /** The area under the curve of all so far. */
  area(): number
  save(): Uint32Array
  restore(saved: Uint32Array): void
}

/** Counts by bin in two Fenwick trees, so that a place costs thirteen steps. */
export function placements(): Placements {
  const trees = [new Uint32Array(bins + 1), new Uint32Array(bins + 1)] as const // others, positives
  const counts = [0, 0]
  const put = (tree: Uint32Array, bin: number) => {
    for (let at = bin + 1; at <= bins; at += at & -at) tree[at]! += 1
  }
  /** How many stand in bins below. */
  const below = (tree: Uint32Array, bin: number): number => {
    let sum = 0
    for (let at = bin; at > 0; at -= at & -at) sum += tree[at]!
    return sum
  }
  return {
    add(predicted, positive) {
      const bin = binOf(predicted)
      const [kind, facing] = positive ? [1, 0] : [0, 1]
      const tree = trees[facing]!
      const under = below(tree, bin)
      const tied = below(tree, bin + 1) - under
      const total = counts[facing]!
      put(trees[kind]!, bin)
      counts[kind]! += 1
      if (total === 0) return Number.NaN
      const share = (under + tied / 2) / total
      return positive ? share : 1 - share
    },
    area() {
      let pairs = 0
      let negatives = 0
      for (let bin = 0; bin < bins; bin++) {
        const until = below(trees[0], bin + 1)
        const positives = below(trees[1], bin + 1) - below(trees[1], bin)
        pairs += positives * (negatives + (until - negatives) / 2)
        negatives = until
      }
      return pairs / (counts[0]! * counts[1]!)
    },
    save() {
      const saved = new Uint32Array(2 * (bins + 1))
      saved.set(trees[0])
      saved.set(trees[1], bins + 1)
      return saved
    },
    restore(saved) {
      trees[0].set(saved.subarray(0, bins + 1))
      trees[1].set(saved.subarray(bins + 1))
      counts[0] = below(trees[0], bins)
      counts[1] = below(trees[1], bins)
    },
  }
}
