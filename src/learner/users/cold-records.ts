import { closeSync, openSync, readdirSync, readSync } from 'node:fs'
import { crc32 } from 'node:zlib'

/** A file of users begins with these, and holds records one behind the other. */
export const magic = new Uint8Array(Buffer.from('RSUSERS2'))

/** CRC-32 of what follows, length of the bytes, and whose they are: 32 bits each, the lowest byte first. */
export const headerBytes = 12

const named = /^users-(\d{8,})\.bin$/
export const nameOf = (number: number): string => `users-${String(number).padStart(8, '0')}.bin`

/** Numbers of the files in a folder, which may not be there. */
export function numbersIn(folder: string): number[] {
  let names: string[]
  try {
    names = readdirSync(folder)
  } catch {
    return []
  }
  return names.flatMap(name => (named.test(name) ? [Number(named.exec(name)![1])] : []))
}

/**
 * A user's bytes as they stand in a file.
 *
 *     bodyOf(recordOf(7, bytes))   // bytes
 */
export function recordOf(user: number, bytes: Uint8Array): Uint8Array {
  const record = new Uint8Array(headerBytes + bytes.length)
  record.set(bytes, headerBytes)
  const header = view(record)
  header.setUint32(4, bytes.length, true)
  header.setUint32(8, user, true)
  header.setUint32(0, crc32(record.subarray(4)), true)
  return record
}

export const bodyOf = (record: Uint8Array): Uint8Array => record.subarray(headerBytes)

/** Bytes of the record that begins at a place, as its header says. */
export const sizeAt = (bytes: Uint8Array, at: number): number => headerBytes + view(bytes).getUint32(at + 4, true)

/** A record is whole, and of this user; of anybody where none is named. */
export function isRecordOf(record: Uint8Array, user?: number): boolean {
  const header = view(record)
  if (user !== undefined && header.getUint32(8, true) !== user) return false
  return header.getUint32(0, true) === crc32(record.subarray(4))
}

/** How many records the first `bytes` of a file hold; throws where they are not all whole. */
export function recordsIn(path: string, bytes: number): number {
  const descriptor = openSync(path, 'r')
  try {
    let buffer = new Uint8Array(Math.min(Math.max(bytes, headerBytes), scanned))
    let records = 0
    // What of the buffer was read and not looked at, and where in the file that ends.
    let [from, to, read] = [0, 0, 0]
    const need = (size: number): void => {
      if (to - from >= size) return
      const rest = buffer.subarray(from, to)
      if (size > buffer.length) {
        const grown = new Uint8Array(2 * size)
        grown.set(rest)
        buffer = grown
      } else buffer.copyWithin(0, from, to)
      to -= from
      from = 0
      while (to < size) {
        const got = readSync(descriptor, buffer, to, Math.min(buffer.length - to, bytes - read), read)
        if (got === 0) throw new RangeError('it ends too early')
        to += got
        read += got
      }
    }
    need(magic.length)
    if (!magic.every((byte, k) => buffer[k] === byte)) throw new RangeError('it is no file of users')
    from += magic.length
    for (let at = magic.length; at < bytes; records++) {
      need(headerBytes)
      const size = sizeAt(buffer, from)
      if (size > bytes - at) throw new RangeError('it ends too early')
      need(size)
      if (!isRecordOf(buffer.subarray(from, from + size))) throw new RangeError('a record is not what was written')
      from += size
      at += size
    }
    return records
  } finally {
    closeSync(descriptor)
  }
}

const scanned = 1 << 20

const view = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
