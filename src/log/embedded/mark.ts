import { closeSync, constants, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { writeAll } from './segment.ts'

/**
 * How far a topic is committed: the newest segment, the end of its last frame that is on disk, and every partition's
 * next offset. Readers go no further, so they never see what a power failure could take back. The mark itself is not
 * synced: after a power failure it may be old or torn, and what it says is then found again from the segment.
 */
export interface Mark {
  segment: number
  position: number
  ends: Float64Array
}

export class MarkFile {
  readonly #path: string
  readonly #buffer: Buffer
  readonly #partitions: number
  #reading: number | undefined
  #writing: number | undefined

  constructor(folder: string, partitions: number) {
    this.#path = join(folder, 'committed')
    this.#partitions = partitions
    this.#buffer = Buffer.alloc(16 + 8 * partitions)
  }

  /** Null when there is none that can be trusted. */
  read(): Mark | null {
    try {
      this.#reading ??= openSync(this.#path, 'r')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
      throw error
    }
    const buffer = this.#buffer
    // Another process may be writing it at this moment; its checksum shows that, and the next look finds it whole.
    for (let attempt = 0; attempt < 20; attempt++) {
      const bytes = readSync(this.#reading, buffer, 0, buffer.length, 0)
      if (bytes !== buffer.length || buffer.readUInt32LE(0) !== crc32(buffer.subarray(4))) continue
      const ends = new Float64Array(this.#partitions)
      for (let i = 0; i < ends.length; i++) ends[i] = buffer.readDoubleLE(16 + 8 * i)
      return { segment: buffer.readUInt32LE(4), position: buffer.readDoubleLE(8), ends }
    }
    return null
  }

  /** Only under the topic's append lock. */
  write({ segment, position, ends }: Mark): void {
    const buffer = Buffer.alloc(this.#buffer.length)
    buffer.writeUInt32LE(segment, 4)
    buffer.writeDoubleLE(position, 8)
    for (let i = 0; i < ends.length; i++) buffer.writeDoubleLE(ends[i]!, 16 + 8 * i)
    buffer.writeUInt32LE(crc32(buffer.subarray(4)), 0)
    this.#writing ??= openSync(this.#path, openFlags)
    writeAll(this.#writing, buffer, 0)
  }

  close(): void {
    if (this.#reading !== undefined) closeSync(this.#reading)
    if (this.#writing !== undefined) closeSync(this.#writing)
    this.#reading = undefined
    this.#writing = undefined
  }
}

// Readers keep the file open, so it is written in place: created when missing, never cut, never replaced.
const openFlags = constants.O_RDWR | constants.O_CREAT
