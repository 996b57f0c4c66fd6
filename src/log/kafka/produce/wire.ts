import { readLong } from '../record-batch.ts'

/** Kafka's big-endian types, written one after another. */
export class Writer {
  #bytes: Buffer
  #at = 0

  constructor(room = 256) {
    this.#bytes = Buffer.allocUnsafe(room)
  }

  byte(value: number): this {
    const at = this.#room(1)
    this.#bytes[at] = value
    return this
  }

  short(value: number): this {
    const at = this.#room(2)
    this.#bytes.writeInt16BE(value, at)
    return this
  }

  int(value: number): this {
    const at = this.#room(4)
    this.#bytes.writeInt32BE(value, at)
    return this
  }

  long(value: number): this {
    const at = this.#room(8)
    writeLong(this.#bytes, value, at)
    return this
  }

  text(value: string): this {
    const length = Buffer.byteLength(value)
    this.short(length)
    const at = this.#room(length)
    this.#bytes.write(value, at, length)
    return this
  }

  /** A text as the flexible versions have it: its length plus one before it, as an unsigned varint. */
  compactText(value: string): this {
    const length = Buffer.byteLength(value)
    this.varint(length + 1)
    const at = this.#room(length)
    this.#bytes.write(value, at, length)
    return this
  }

  /** An unsigned one, of at most 32 bits. */
  varint(value: number): this {
    let rest = value
    for (; rest >= 0x80; rest >>>= 7) this.byte((rest & 0x7f) | 0x80)
    return this.byte(rest)
  }

  /** Parts as the flexible versions have them: each ends in tagged fields, of which there are none. */
  compactArray<T>(values: readonly T[], write: (value: T) => void): this {
    this.varint(values.length + 1)
    for (const value of values) {
      write(value)
      this.byte(0)
    }
    return this
  }

  /** Bytes after their length. */
  bytes(value: Buffer): this {
    this.int(value.length)
    const at = this.#room(value.length)
    this.#bytes.set(value, at)
    return this
  }

  array<T>(values: readonly T[], write: (value: T) => void): this {
    this.int(values.length)
    for (const value of values) write(value)
    return this
  }

  done(): Buffer {
    return this.#bytes.subarray(0, this.#at)
  }

  /** Where so many bytes go; first asked for, since the bytes may move to a larger place. */
  #room(size: number): number {
    const at = this.#at
    this.#at += size
    if (this.#at > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(this.#at, 2 * this.#bytes.length))
      larger.set(this.#bytes.subarray(0, at))
      this.#bytes = larger
    }
    return at
  }
}

/** The same, read one after another. */
export class Cursor {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  skip(bytes: number): void {
    this.#at += bytes
  }

  short(): number {
    return this.#bytes.readInt16BE((this.#at += 2) - 2)
  }

  int(): number {
    return this.#bytes.readInt32BE((this.#at += 4) - 4)
  }

  long(): number {
    return readLong(this.#bytes, (this.#at += 8) - 8)
  }

  text(): string {
    return this.nullableText() ?? ''
  }

  nullableText(): string | null {
    const length = this.short()
    if (length < 0) return null
    this.#at += length
    return this.#bytes.toString('utf8', this.#at - length, this.#at)
  }

  hex(bytes: number): string {
    this.#at += bytes
    return this.#bytes.toString('hex', this.#at - bytes, this.#at)
  }

  array<T>(read: () => T): T[] {
    return Array.from({ length: Math.max(0, this.int()) }, read)
  }

  /** An unsigned one, of at most 32 bits. */
  varint(): number {
    for (let value = 0, shift = 0; ; shift += 7) {
      const byte = this.#bytes.readUInt8(this.#at++)
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return value >>> 0
    }
  }

  /** A text as the flexible versions have it; empty where there is none. */
  compactText(): string {
    const length = Math.max(0, this.varint() - 1)
    this.#at += length
    return this.#bytes.toString('utf8', this.#at - length, this.#at)
  }

  /** Parts as the flexible versions have them: each ends in tagged fields, which newer brokers add and nobody here reads. */
  compactArray<T>(read: () => T): T[] {
    return Array.from({ length: Math.max(0, this.varint() - 1) }, () => {
      const part = read()
      for (let tags = this.varint(); tags > 0; tags--) {
        this.varint()
        this.skip(this.varint())
      }
      return part
    })
  }
}

export function writeLong(out: Buffer, value: number, at: number): void {
  out.writeInt32BE(Math.floor(value / 2 ** 32), at)
  out.writeUInt32BE(value - Math.floor(value / 2 ** 32) * 2 ** 32, at + 4)
}
