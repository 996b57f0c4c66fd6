import type { RowReader, RowWriter } from '../state/packed-row.ts'
import { givenAway, type SavedArrays } from '../state/saved-arrays.ts'

/** Rows of tagged numbers that grow by doubling up to a width, all in two typed arrays. */
export interface RowPool {
  /** The tag of every place. */
  readonly tags: Int32Array
  /** `channels` numbers of every place. */
  readonly values: Float32Array
  /** Make room for one place more in a row of `size` places (start −1: a new row); returns where it starts now. */
  grow(start: number, size: number): number
  /** Give a row's places back. */
  free(start: number, size: number): void
  /** The places of one row; `unpack` gives them to a new one, and returns where it starts. */
  pack(start: number, size: number, into: RowWriter): void
  unpack(size: number, from: RowReader): number
  /** The places of the first `rows` rows, one row after the other. */
  save(starts: Int32Array, sizes: Int32Array, rows: number): SavedArrays
  /** Take over what `save` gave; returns where the rows start. */
  restore(arrays: SavedArrays, sizes: Int32Array): Int32Array
}

/**
 * Most items have few neighbours, so that a row of fixed width for each would be mostly air.
 *
 * A row takes 4, 8, 16 … places up to `width`; places that are given back go to the next row of that size.
 */
export function rowPool(width: number, channels: number): RowPool {
  let tags = new Int32Array(1024)
  let values = new Float32Array(1024 * channels)
  let used = 0
  let spare = new Map<number, number[]>()

  const room = (size: number): number => {
    if (size === 0) return 0
    let places = 4
    while (places < size) places *= 2
    return Math.min(width, places)
  }
  const take = (places: number): number => {
    const old = spare.get(places)?.pop()
    if (old !== undefined) return old
    const start = used
    used += places
    if (used > tags.length) {
      const [oldTags, oldValues] = [tags, values]
      tags = new Int32Array(Math.max(used, 2 * oldTags.length))
      values = new Float32Array(tags.length * channels)
      tags.set(oldTags)
      values.set(oldValues)
    }
    return start
  }
  const free = (start: number, size: number): void => {
    const places = room(size)
    if (places === 0) return
    const list = spare.get(places)
    if (list === undefined) spare.set(places, [start])
    else list.push(start)
  }

  return {
    get tags() {
      return tags
    },
    get values() {
      return values
    },
    grow(start, size) {
      if (room(size + 1) === room(size)) return start
      const moved = take(room(size + 1))
      if (size > 0) {
        tags.copyWithin(moved, start, start + size)
        values.copyWithin(moved * channels, start * channels, (start + size) * channels)
        free(start, size)
      }
      return moved
    },
    free,
    pack(start, size, into) {
      into.numbers(tags, start, start + size)
      into.numbers(values, start * channels, (start + size) * channels)
    },
    unpack(size, from) {
      const start = take(room(size))
      from.numbers(tags, start, size)
      from.numbers(values, start * channels, size * channels)
      return start
    },
    save(starts, sizes, rows) {
      let places = 0
      for (let row = 0; row < rows; row++) places += sizes[row]!
      const saved = { tags: new Int32Array(places), values: new Float32Array(places * channels) }
      for (let row = 0, at = 0; row < rows; at += sizes[row++]!) {
        const [start, end] = [starts[row]!, starts[row]! + sizes[row]!]
        if (sizes[row] === 0) continue
        saved.tags.set(tags.subarray(start, end), at)
        saved.values.set(values.subarray(start * channels, end * channels), at * channels)
      }
      return givenAway(saved)
    },
    restore(arrays, sizes) {
      const savedTags = arrays['tags'] as Int32Array
      const savedValues = arrays['values'] as Float32Array
      used = 0
      spare = new Map()
      const starts = new Int32Array(sizes.length).fill(-1)
      for (let row = 0, at = 0; row < sizes.length; at += sizes[row++]!) {
        if (sizes[row] === 0) continue
        const start = take(room(sizes[row]!))
        starts[row] = start
        tags.set(savedTags.subarray(at, at + sizes[row]!), start)
        values.set(savedValues.subarray(at * channels, (at + sizes[row]!) * channels), start * channels)
      }
      return starts
    },
  }
}
