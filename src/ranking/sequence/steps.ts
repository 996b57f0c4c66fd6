import type { Random } from '../../state/random.ts'
import type { SavedArrays } from '../../state/saved-arrays.ts'
import { intColumn } from '../../state/slot-column.ts'
import type { ItemTags } from '../item-tags.ts'

/** Items that a step remembers of those before. */
export const stepReach = 30

/**
 * What came after what, of late: a ring of steps to learn from again, and items to compare with.
 *
 *     steps.add(history, count, item)
 *     steps.read(steps.recent(), into)   // its item; `into` holds those before
 *     steps.sample(into, corrections)    // half as often as they come, half each alike
 */
export interface Steps {
  readonly held: number
  add(history: Int32Array, count: number, item: number): void
  /** A step by chance; a recent one. */
  any(): number
  recent(): number
  /** The item of a step, and those before it into `into`, newest first; −1 where it is forgotten. */
  read(step: number, into: Int32Array): number
  /** Items by chance. */
  sample(into: Int32Array): void
  /** log q: how likely `sample` takes an item. */
  logChance(item: number): number
  /** Whether the item has come before; it has from now on. */
  meet(item: number): boolean
  reset(item: number): void
  save(items: number): SavedArrays
  restore(arrays: SavedArrays): void
}

const recentSteps = 5_000

export function steps(tags: ItemTags, capacity: number, random: Random): Steps {
  const width = stepReach + 1
  const ring = new Int32Array(capacity * width) // tags: the item, then those before it; 0 for none
  const counts = intColumn() // steps in the ring that end in the item
  const places = intColumn(1, -1) // where the item stands among those that have come
  let met = new Int32Array(64)
  const state = new Float64Array(2) // steps added, items met

  const drop = (at: number): void => {
    const item = ring[at] === 0 ? -1 : tags.slot(ring[at]!)
    if (item >= 0) counts.data[item]! -= 1
  }
  const held = () => Math.min(state[0]!, capacity)
  const back = (behind: number) => (state[0]! - 1 - behind) % capacity

  return {
    get held() {
      return held()
    },
    add(history, count, item) {
      const at = (state[0]! % capacity) * width
      drop(at)
      ring[at] = tags.tag(item)
      for (let h = 0; h < stepReach; h++) ring[at + 1 + h] = h < count && history[h]! >= 0 ? tags.tag(history[h]!) : 0
      counts.data[item]! += 1
      state[0]! += 1
    },
    any: () => back(random.integer(held())),
    recent: () => back(random.integer(Math.min(held(), recentSteps))),
    read(step, into) {
      const at = step * width
      for (let h = 0; h < stepReach; h++) into[h] = ring[at + 1 + h] === 0 ? -1 : tags.slot(ring[at + 1 + h]!)
      return tags.slot(ring[at]!)
    },
    sample(into) {
      for (let n = 0; n < into.length; n++) {
        const item = n % 2 === 0 ? tags.slot(ring[random.integer(held()) * width]!) : -1
        into[n] = item >= 0 ? item : met[random.integer(state[1]!)]!
      }
    },
    logChance: item => Math.log(0.5 * ((counts.data[item]! + 1e-3) / (held() + 1)) + 0.5 / state[1]!),
    meet(item) {
      if (places.data[item]! >= 0) return true
      if (met.length <= state[1]!) met = grown(met)
      places.data[item] = state[1]!
      met[state[1]!++] = item
      return false
    },
    reset(item) {
      for (const column of [counts, places]) column.reserve(item + 1)
      const place = places.data[item]!
      if (place >= 0) {
        const last = met[--state[1]!]!
        met[place] = last
        places.data[last] = place
      }
      for (const column of [counts, places]) column.reset(item)
    },
    save: items => ({
      ring: ring.subarray(0, held() * width),
      counts: counts.save(items),
      places: places.save(items),
      met: met.subarray(0, state[1]!),
      state,
    }),
    restore(arrays) {
      state.set(arrays['state'] as Float64Array)
      ring.fill(0)
      ring.set(arrays['ring'] as Int32Array)
      counts.restore(arrays['counts'] as Int32Array)
      places.restore(arrays['places'] as Int32Array)
      met = grown(arrays['met'] as Int32Array)
    },
  }
}

function grown(items: Int32Array): Int32Array<ArrayBuffer> {
  const into = new Int32Array(Math.max(64, 2 * items.length))
  into.set(items)
  return into
}
