import { endianness } from 'node:os'
import { RecstreamError } from '../errors.ts'

/** How a column's numbers are packed: as little-endian numbers of this width. */
export type Packing = 'uint8' | 'int32' | 'float64'

const arrays = { uint8: Uint8Array, int32: Int32Array, float64: Float64Array }
const littleEndian = endianness() === 'LE'

/**
 * A column as bytes.
 *
 *     packColumn([1, 2], 'int32').toString('hex')   // '0100000002000000'
 */
export function packColumn(numbers: readonly number[], packing: Packing): Buffer {
  const { length } = numbers
  const packed = new arrays[packing](length)
  for (let at = 0; at < length; at++) packed[at] = numbers[at]!
  return little(Buffer.from(packed.buffer), packing)
}

/** The numbers in a column's bytes; RECORD_INVALID if they are cut off. */
export function unpackColumn(bytes: Buffer, packing: Packing): number[] {
  const { BYTES_PER_ELEMENT: width } = arrays[packing]
  if (bytes.length % width !== 0)
    throw new RecstreamError('RECORD_INVALID', 'A column of the block is cut off; the record is damaged.')
  // Copied, because a typed array must begin at a multiple of its width.
  const aligned = Buffer.alloc(bytes.length)
  bytes.copy(aligned)
  little(aligned, packing)
  const packed = new arrays[packing](aligned.buffer, aligned.byteOffset, bytes.length / width)
  // An array of known length is filled five times faster than one that grows.
  const numbers = new Array<number>(packed.length)
  for (let at = 0; at < packed.length; at++) numbers[at] = packed[at]!
  return numbers
}

function little(bytes: Buffer, packing: Packing): Buffer {
  if (littleEndian || packing === 'uint8') return bytes
  return packing === 'int32' ? bytes.swap32() : bytes.swap64()
}
