import { gapFeature } from '../predictors/ensemble/gap-feature.ts'
import type { Vectors } from './vectors.ts'

/** A user's short window as record vectors, oldest first; all-zero records pad the front. */
export interface ShortWindow {
  /** Always `positions` vectors, the last `length` of them real. */
  readonly vectors: Float64Array[]
  readonly items: number[]
  readonly times: number[]
  readonly length: number
  clear(): void
  /** Append a record; the window must not be full. */
  push(item: number, time: number, reward: number, residual: number, gap: number): void
  /** Put a record where its time belongs. What leaves a full window then is in `left`, and true is returned. */
  insert(item: number, time: number, reward: number, residual: number): boolean
  readonly left: { vector: Float64Array; time: number }
}

/**
 * The window that stood before an event, which `insert` then moves on by that event as the window stage does: among
 * equal times the new record comes last, and one older than all of a full window leaves at once.
 */
export function shortWindow(positions: number, vectors: Vectors): ShortWindow {
  const empty = () => new Float64Array(vectors.recordSize)
  const window = Array.from({ length: positions }, empty)
  const items: number[] = []
  const times: number[] = []
  let spare = empty()
  const left = { vector: spare, time: 0 }

  return {
    vectors: window,
    items,
    times,
    left,
    get length() {
      return items.length
    },
    clear() {
      items.length = 0
      times.length = 0
      for (const vector of window) vector.fill(0)
    },
    push(item, time, reward, residual, gap) {
      // The padding vector at the front becomes the new last one.
      const vector = window.shift()!
      vectors.record(vector, item, reward, residual, gap)
      window.push(vector)
      items.push(item)
      times.push(time)
    },
    insert(item, time, reward, residual) {
      let place = times.length
      while (place > 0 && times[place - 1]! > time) place -= 1
      const gap = place > 0 ? gapFeature(time - times[place - 1]!) : gapFeature(Number.NaN)
      vectors.record(spare, item, reward, residual, gap)
      const full = items.length === positions
      if (full && place === 0) {
        left.vector = spare
        left.time = time
        return true
      }
      const inserted = spare
      const padding = positions - items.length
      spare = window.shift()!
      if (full) {
        left.vector = spare
        left.time = times.shift()!
        items.shift()
        place -= 1
        window.splice(place, 0, inserted)
      } else window.splice(padding - 1 + place, 0, inserted)
      items.splice(place, 0, item)
      times.splice(place, 0, time)
      return full
    },
  }
}
