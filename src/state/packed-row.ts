/** Takes what is held of one user, number after number, as bytes. */
export interface RowWriter {
  /** Numbers `from` … `to` − 1 of an array, as they are. */
  numbers(array: RowNumbers, from: number, to: number): void
  /** A whole number from 0 to 2³² − 1. */
  count(value: number): void
  text(value: string): void
}

/** Gives back, in the same order, what a `RowWriter` took. */
export interface RowReader {
  /** Write as many numbers into an array from `at` on. */
  numbers(into: RowNumbers, at: number, count: number): void
  count(): number
  text(): string
}

export type RowNumbers = Float32Array | Float64Array | Int32Array | Uint8Array

/** A writer that is used again and again, so that its memory is made once. */
export interface PackedRow extends RowWriter {
  begin(): void
  /** What was taken since `begin`; good until the next call of anything. */
  bytes(): Uint8Array
}

/**
 * Bytes in the order of this machine, each run of numbers without its zeros at the end: most of what is held of a user who came
 * a few times is zero.
 *
 *     const row = packedRow()
 *     row.begin()
 *     row.numbers(sums, 8, 12)
 *     rowReader(row.bytes()).numbers(sums, 0, 4)
 */
export function packedRow(): PackedRow {
  let room = new Uint8Array(4096)
  let used = 0

  const reserve = (more: number): void => {
    if (used + more <= room.length) return
    const grown = new Uint8Array(Math.max(2 * room.length, used + more))
    grown.set(room)
    room = grown
  }
  const count = (value: number): void => {
    reserve(5)
    // Seven bits a byte: nearly all counts are small.
    let left = value >>> 0
    for (; left >= 128; left >>>= 7) room[used++] = (left & 127) | 128
    room[used++] = left
  }
  return {
    begin() {
      used = 0
    },
    numbers(array, from, to) {
      const start = array.byteOffset + from * array.BYTES_PER_ELEMENT
      const all = new Uint8Array(array.buffer, start, (to - from) * array.BYTES_PER_ELEMENT)
      let length = all.length
      while (length > 0 && all[length - 1] === 0) length -= 1
      count(length)
      reserve(length)
      room.set(length === all.length ? all : all.subarray(0, length), used)
      used += length
    },
    count,
    text(value) {
      const bytes = Buffer.from(value)
      count(bytes.length)
      reserve(bytes.length)
      room.set(bytes, used)
      used += bytes.length
    },
    bytes: () => room.subarray(0, used),
  }
}

/** Reads what `packedRow` wrote. */
export function rowReader(bytes: Uint8Array): RowReader {
  let at = 0
  const count = (): number => {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++]!
      value |= (byte & 127) << shift
      if (byte < 128) return value >>> 0
    }
  }
  return {
    numbers(into, place, many) {
      const start = into.byteOffset + place * into.BYTES_PER_ELEMENT
      const target = new Uint8Array(into.buffer, start, many * into.BYTES_PER_ELEMENT)
      const length = count()
      target.set(bytes.subarray(at, at + length))
      target.fill(0, length)
      at += length
    },
    count,
    text() {
      const length = count()
      at += length
      return Buffer.from(bytes.buffer, bytes.byteOffset + at - length, length).toString('utf8')
    },
  }
}
