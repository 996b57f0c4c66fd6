import type { Hash } from 'node:crypto'

/** Add bytes to a hash, which takes less than 2 GiB of them at a time. */
export function addBytes(hash: Hash, bytes: Uint8Array): void {
  for (let from = 0; from < bytes.length; from += piece) hash.update(bytes.subarray(from, from + piece))
}

const piece = 2 ** 28
