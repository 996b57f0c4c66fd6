/** Visits a range of slots a few at a time, once for each epoch. */
export interface SlotSweep {
  /** The epoch that slots are visited for, the next slot of the range, slots that are left. */
  readonly state: Float64Array
  /** Visit the next ones of `from` … `to` − 1. */
  next(epoch: number, from: number, to: number, visit: (slot: number) => void): void
}

/** Slots at each call. */
const atOnce = 2

/**
 * The range may grow and shrink between calls; what comes into it then is visited in the next epoch.
 *
 *     const sweep = slotSweep()
 *     sweep.next(1, 0, 100, visit)   // visits 0 and 1
 *     sweep.next(1, 0, 100, visit)   // 2 and 3
 */
export function slotSweep(): SlotSweep {
  const state = Float64Array.of(0, 0, 0)
  return {
    state,
    next(epoch, from, to, visit) {
      if (state[0] !== epoch) {
        state[0] = epoch
        state[2] = to - from
      }
      if (to <= from) return
      for (let n = 0; n < atOnce && state[2]! > 0; n++, state[2]!--) {
        const place = state[1]! % (to - from)
        state[1] = place + 1
        visit(from + place)
      }
    },
  }
}
