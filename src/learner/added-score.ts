import type { Scale } from '../records/definition.ts'
import type { SavedArrays } from '../state/saved-arrays.ts'
import { doubleColumn } from '../state/slot-column.ts'
import { everyRow, userColumns } from '../state/user-rows.ts'
import { placements } from './placements.ts'

/** By how much one policy is better than another on the same events, and how sure that is. */
export interface AddedScore {
  /** Predictions of both and the reward, in [0, 1]. */
  add(user: number, own: number, other: number, reward: number): void
  /**
   * The lead in AUC, or by how much the RMSE is less on the source's own scale, with its 95% interval over users; null while
   * too few users are there to tell.
   */
  score(): { lead: number; low: number; high: number; events: number } | null
  reset(user: number): void
  save(users: number): SavedArrays
  restore(arrays: SavedArrays): void
}

/**
 * The lead of a policy with its interval by users, kept up event by event.
 *
 *     const added = addedScore({ kind: 'watch', positiveFrom: 0.5 })
 *     added.add(user, 0.8, 0.7, 1)
 *     added.score()   // { lead: 0.0012, low: 0.0006, high: 0.0018, events: 73056 }
 *
 * A lead is nearly linear in what each user adds to four sums x, so its variance is cᵀ(Σ x xᵀ)c over users. For AUC those are
 * placements among the other kind (DeLong and others 1988, users in place of events), each among the events before it.
 */
export function addedScore(scale: Scale, users = everyRow): AddedScore {
  const rows = doubleColumn(width)
  const ofUsers = userColumns({ rows }, users)
  const totals = new Float64Array(width)
  const products = new Float64Array(width * width) // Σ x xᵀ over users
  const seen = new Float64Array(1) // users
  const [own, other] = [placements(), placements()]
  const watch = scale.kind === 'watch'
  const range = scale.kind === 'rating' ? scale.max - scale.min : 1
  const x = new Float64Array(width)

  /** A user's sums change by x. */
  const change = (user: number) => {
    const at = users.of(user) * width
    if (rows.data.subarray(at, at + width).every(sum => sum === 0)) seen[0]! += 1
    for (let r = 0; r < width; r++) {
      for (let c = 0; c < width; c++) {
        const before = rows.data[at + r]! * rows.data[at + c]!
        products[r * width + c]! += (rows.data[at + r]! + x[r]!) * (rows.data[at + c]! + x[c]!) - before
      }
    }
    for (let r = 0; r < width; r++) {
      rows.data[at + r]! += x[r]!
      totals[r]! += x[r]!
    }
  }
  const deviation = (slopes: readonly number[]): number => {
    let sum = 0
    for (let r = 0; r < width; r++) {
      for (let c = 0; c < width; c++) sum += slopes[r]! * products[r * width + c]! * slopes[c]!
    }
    return Math.sqrt(Math.max(0, sum))
  }
  const scored = (lead: number, slopes: readonly number[], events: number) => {
    const far = 1.96 * deviation(slopes)
    return { lead, low: lead - far, high: lead + far, events }
  }

  return {
    add(user, ours, theirs, reward) {
      x.fill(0)
      if (watch) {
        // Lead over those before, and events: of positives, then of the rest.
        const positive = reward >= scale.positiveFrom
        const at = positive ? 0 : 2
        const lead = own.add(ours, positive) - other.add(theirs, positive)
        if (Number.isNaN(lead)) return
        x[at] = lead
        x[at + 1] = 1
      } else {
        x[0] = 1
        x[1] = (range * (ours - reward)) ** 2
        x[2] = (range * (theirs - reward)) ** 2
      }
      change(user)
    },
    score() {
      if (seen[0]! < fewestUsers) return null
      if (watch) {
        const [gained, positives, kept, negatives] = totals as unknown as [number, number, number, number]
        if (positives === 0 || negatives === 0) return null
        const [above, below] = [gained / positives, kept / negatives]
        const slopes = [1 / positives, -above / positives, 1 / negatives, -below / negatives]
        return scored(own.area() - other.area(), slopes, positives + negatives)
      }
      const [events, ours, theirs] = totals as unknown as [number, number, number]
      if (events === 0 || ours === 0 || theirs === 0) return null
      const [rmse, others] = [Math.sqrt(ours / events), Math.sqrt(theirs / events)]
      // The sums' own means are taken off, so that a user of many events weighs by how far they are off.
      const slopes = [(rmse - others) / (2 * events), -1 / (2 * rmse * events), 1 / (2 * others * events), 0]
      return scored(others - rmse, slopes, events)
    },
    reset: ofUsers.reset,
    save: count => ({
      ...ofUsers.save(count),
      ...{ totals: totals.slice(), products: products.slice(), seen: seen.slice() },
      ...{ own: own.save(), other: other.save() },
    }),
    restore(arrays) {
      ofUsers.restore(arrays)
      totals.set(arrays['totals'] as Float64Array)
      products.set(arrays['products'] as Float64Array)
      seen.set(arrays['seen'] as Float64Array)
      own.restore(arrays['own'] as Uint32Array)
      other.restore(arrays['other'] as Uint32Array)
    },
  }
}

const width = 4
/** An interval over fewer users than these says nothing. */
const fewestUsers = 30
