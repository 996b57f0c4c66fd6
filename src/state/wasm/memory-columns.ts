import type { SlotColumn } from '../slot-column.ts'
import { pageBytes, type WasmMemory } from './kernels.ts'

/** A column of 32-bit numbers that lies in a memory of WebAssembly, from byte `at` on; `at` and `data` move as it grows. */
export interface MemoryColumn extends SlotColumn<Float32Array> {
  readonly at: number
}

export type MemoryColumns<N extends string> = Readonly<Record<N, MemoryColumn>>

/**
 * Columns of the same slots, one behind the other in a memory, which grow together.
 *
 *     const { factors, moments } = memoryColumns(memory, 4096, { factors: 6, moments: 28 })
 *     moments.reserve(100)   // makes room in both; arrays taken from `data` before are of no use any more
 *
 * What lies before byte `from` is somebody else's: `moved` tells of the memory's buffer, now and each time that it becomes
 * another. Behind each column is room to read beyond its end.
 */
export function memoryColumns<N extends string>(
  memory: WasmMemory,
  from: number,
  widths: Readonly<Record<N, number>>,
  moved: (buffer: ArrayBuffer) => void,
): MemoryColumns<N> {
  const columns: { -readonly [K in keyof MemoryColumn]: MemoryColumn[K] }[] = []
  let room = 0

  /** Make room for so many slots in all columns: the last moves first, so that none is written over. */
  const grow = (slots: number): void => {
    const ends = columns.map(({ width }) => 4 * width * slots + beyond)
    const end = ends.reduce((sum, size) => sum + size, from)
    const missing = Math.ceil((end - memory.buffer.byteLength) / pageBytes)
    if (missing > 0) memory.grow(missing)
    const bytes = new Uint8Array(memory.buffer)
    for (let k = columns.length - 1, to = end; k >= 0; k--) {
      const column = columns[k]!
      const used = 4 * column.width * room
      to -= ends[k]!
      bytes.copyWithin(to, column.at, column.at + used)
      bytes.fill(0, to + used, to + ends[k]!)
      column.at = to
      column.data = new Float32Array(memory.buffer, to, column.width * slots)
    }
    room = slots
    moved(memory.buffer)
  }
  const columnOf = (width: number): MemoryColumn => ({
    data: new Float32Array(0),
    width,
    at: from,
    reserve(slots) {
      if (slots > room) grow(Math.max(slots, Math.ceil(1.5 * room)))
    },
    reset(slot) {
      this.data.fill(0, slot * width, (slot + 1) * width)
    },
    save(slots) {
      return this.data.subarray(0, slots * width)
    },
    restore(saved) {
      this.reserve(saved.length / width)
      this.data.fill(0)
      this.data.set(saved)
    },
  })
  const named = Object.fromEntries(Object.entries<number>(widths).map(([name, width]) => [name, columnOf(width)]))
  columns.push(...Object.values(named))
  grow(64)
  return named as Record<N, MemoryColumn>
}

/** Bytes behind each column. */
const beyond = 64
