import { hashText } from '../state/hash.ts'
import type { SavedArrays } from '../state/saved-arrays.ts'
import { byteColumn, floatColumn } from '../state/slot-column.ts'

/** Which kinds of people pick which items; kinds come from the users' feature tokens. */
export interface SegmentAffinity {
  /** What is known of a user, as tokens such as "age=25-34". */
  describe(user: number, tokens: readonly string[]): void
  learn(user: number, item: number): void
  /** How much more than all people those like this user pick an item: Σ log ratios, for an item with `count` events. */
  appeal(user: number): (item: number, count: number) => number
  resetUser(slot: number): void
  resetItem(slot: number): void
  save(users: number, items: number): SavedArrays
  restore(arrays: SavedArrays): void
}

/**
 * Counts of an item's events by token, 64 kinds of token by hash; a user counts with the first eight tokens.
 *
 *     affinity.describe(user, ['age=25-34', 'gender=F'])
 *     affinity.appeal(user)(item, 12)   // 0 if women of that age pick it as often as anything else
 *
 * Each ratio is drawn to 1 by twice what would be expected, so that few events say little. 256 bytes an item, 8 a user.
 */
export function segmentAffinity(): SegmentAffinity {
  const kinds = byteColumn(tokensKept)
  const counts = floatColumn(buckets)
  const totals = new Float64Array(buckets + 1) // by bucket, then all events

  return {
    describe(user, tokens) {
      kinds.reset(user)
      let kept = 0
      for (const token of tokens) {
        // What begins with @ belongs to one event, not to the user.
        if (token.startsWith('@') || kept === tokensKept) continue
        kinds.data[user * tokensKept + kept++] = 1 + (hashText(token) % buckets)
      }
    },
    learn(user, item) {
      totals[buckets]! += 1
      for (let k = user * tokensKept; k < (user + 1) * tokensKept; k++) {
        const bucket = kinds.data[k]! - 1
        if (bucket < 0) return
        counts.data[item * buckets + bucket]! += 1
        totals[bucket]! += 1
      }
    },
    appeal(user) {
      const own = kinds.data.subarray(user * tokensKept, (user + 1) * tokensKept)
      return (item, count) => {
        let ratios = 1
        for (let k = 0; k < tokensKept && own[k]! > 0; k++) {
          const bucket = own[k]! - 1
          if (totals[bucket] === 0) continue
          const expected = ((count + 1) * totals[bucket]!) / totals[buckets]!
          ratios *= (counts.data[item * buckets + bucket]! + 2 * expected) / (3 * expected)
        }
        return Math.log(ratios)
      }
    },
    resetUser(slot) {
      kinds.reserve(slot + 1)
      kinds.reset(slot)
    },
    resetItem(slot) {
      counts.reserve(slot + 1)
      counts.reset(slot)
    },
    save: (users, items) => ({ kinds: kinds.save(users), counts: counts.save(items), totals: totals.slice() }),
    restore(arrays) {
      kinds.restore(arrays['kinds'] as Uint8Array)
      counts.restore(arrays['counts'] as Float32Array)
      totals.set(arrays['totals'] as Float64Array)
    },
  }
}

const buckets = 64
const tokensKept = 8
