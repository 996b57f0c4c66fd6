import type { RowReader, RowWriter } from './packed-row.ts'
import type { SavedArrays } from './saved-arrays.ts'

/** `width` numbers for each slot of an id table, in one typed array that grows by half as slots are added. */
export interface SlotColumn<A extends Float32Array | Float64Array | Int32Array | Uint8Array> {
  data: A
  readonly width: number
  /** Make room for slots 0 … slots − 1; new room holds `fill`. */
  reserve(slots: number): void
  /** Set a slot back to `fill`. */
  reset(slot: number): void
  /** The first `slots` slots as they are, not a copy: whoever keeps them beyond the next change copies them. */
  save(slots: number): A
  /** Take over what `save` gave. */
  restore(saved: A): void
}

export const floatColumn = (width = 1, fill = 0): SlotColumn<Float32Array> =>
  column<Float32Array>(n => new Float32Array(n), width, fill)
export const doubleColumn = (width = 1, fill = 0): SlotColumn<Float64Array> =>
  column<Float64Array>(n => new Float64Array(n), width, fill)
export const intColumn = (width = 1, fill = 0): SlotColumn<Int32Array> =>
  column<Int32Array>(n => new Int32Array(n), width, fill)
export const byteColumn = (width = 1, fill = 0): SlotColumn<Uint8Array> =>
  column<Uint8Array>(n => new Uint8Array(n), width, fill)

function column<A extends Float32Array | Float64Array | Int32Array | Uint8Array>(
  create: (length: number) => A,
  width: number,
  fill: number,
): SlotColumn<A> {
  const grown = (old: A | null, slots: number): A => {
    const data = create(slots * width)
    const kept = old?.length ?? 0
    if (old !== null) data.set(old)
    if (fill !== 0) data.fill(fill, kept)
    return data
  }
  return {
    data: grown(null, 64),
    width,
    reserve(slots) {
      if (slots * width <= this.data.length) return
      this.data = grown(this.data, Math.max(slots, Math.ceil((1.5 * this.data.length) / width)))
    },
    reset(slot) {
      this.data.fill(fill, slot * width, (slot + 1) * width)
    },
    save(slots) {
      return this.data.subarray(0, slots * width) as A
    },
    restore(saved) {
      this.data = grown(null, Math.max(64, saved.length / width))
      this.data.set(saved)
    },
  }
}

/** Two slots of `width` numbers change places. */
export function swapRows(data: Float64Array | Int32Array | Uint8Array, width: number, a: number, b: number): void {
  for (let k = 0; k < width; k++) {
    const held = data[a * width + k]!
    data[a * width + k] = data[b * width + k]!
    data[b * width + k] = held
  }
}

export type AnyColumn =
  | SlotColumn<Float32Array>
  | SlotColumn<Float64Array>
  | SlotColumn<Int32Array>
  | SlotColumn<Uint8Array>

/**
 * Columns of the same slots, which are begun anew, saved and restored together, each under its name.
 *
 *     const sums = floatColumn()
 *     const columns = columnSet({ sums, counts: floatColumn() })
 *     columns.reset(slot)   // makes room for it, too
 */
export function columnSet(columns: Readonly<Record<string, AnyColumn>>) {
  const entries = Object.entries(columns)
  return {
    reset(slot: number) {
      for (const [, column] of entries) {
        column.reserve(slot + 1)
        column.reset(slot)
      }
    },
    /** One slot's numbers, to be put back into a slot that was begun anew. */
    pack(slot: number, into: RowWriter) {
      for (const [, { data, width }] of entries) into.numbers(data, slot * width, (slot + 1) * width)
    },
    unpack(slot: number, from: RowReader) {
      for (const [, column] of entries) {
        column.reserve(slot + 1)
        from.numbers(column.data, slot * column.width, column.width)
      }
    },
    save: (slots: number): SavedArrays =>
      Object.fromEntries(entries.map(([name, column]) => [name, column.save(slots)])),
    restore(arrays: SavedArrays) {
      for (const [name, column] of entries) column.restore(arrays[name] as never)
    },
  }
}
