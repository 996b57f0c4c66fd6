import type { Hash } from 'node:crypto'

/** Add bytes to a hash, which takes less than 2 GiB of them at a time. */
export function addBytes(hash: Hash, bytes: Uint8Array): void {
  for (const part of piecesOf(bytes, piece)) hash.update(part)
}

/** Bytes in pieces of a size, of which the last may be smaller; they share the memory. */
export function* piecesOf(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size)
}

/** Bytes that are hashed, or read from a file, at a time. */
export const piece = 2 ** 28
