const seed = 0x9747b28c
const m = 0x5bd1e995
const r = 24

/**
 * Partition of a key: Kafka's own rule (murmur2, sign bit cleared), so a record lands where the Java client would put it.
 *
 *     partitionOf('user-17', 12)   // the same partition in every client that follows the rule
 *     partitionOf(null, 12)        // 0: a record without a key
 */
export function partitionOf(key: Buffer | string | null, partitions: number): number {
  if (key === null || partitions === 1) return 0
  const hash = typeof key === 'string' ? murmur2OfText(key) : murmur2(key)
  return (hash & 0x7fffffff) % partitions
}

/** MurmurHash2, 32 bits, signed, with the seed of Kafka's Java client. */
export function murmur2(bytes: Uint8Array): number {
  const length = bytes.length
  let hash = seed ^ length
  let at = 0
  for (; at + 4 <= length; at += 4) {
    hash = mix(hash, bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24))
  }
  const rest = length - at
  if (rest === 3) hash ^= bytes[at + 2]! << 16
  if (rest >= 2) hash ^= bytes[at + 1]! << 8
  if (rest >= 1) hash = Math.imul(hash ^ bytes[at]!, m)
  return finish(hash)
}

// Keys are nearly always ASCII, and then their char codes are their bytes: no copy is needed to hash them.
function murmur2OfText(text: string): number {
  const length = text.length
  let seen = 0
  let hash = seed ^ length
  let at = 0
  for (; at + 4 <= length; at += 4) {
    const a = text.charCodeAt(at)
    const b = text.charCodeAt(at + 1)
    const c = text.charCodeAt(at + 2)
    const d = text.charCodeAt(at + 3)
    seen |= a | b | c | d
    hash = mix(hash, a | (b << 8) | (c << 16) | (d << 24))
  }
  for (let i = at; i < length; i++) seen |= text.charCodeAt(i)
  if (seen > 0x7f) return murmur2(Buffer.from(text, 'utf8'))
  const rest = length - at
  if (rest === 3) hash ^= text.charCodeAt(at + 2) << 16
  if (rest >= 2) hash ^= text.charCodeAt(at + 1) << 8
  if (rest >= 1) hash = Math.imul(hash ^ text.charCodeAt(at), m)
  return finish(hash)
}

function mix(hash: number, word: number): number {
  let k = Math.imul(word, m)
  k = Math.imul(k ^ (k >>> r), m)
  return Math.imul(hash, m) ^ k
}

function finish(hash: number): number {
  let h = Math.imul(hash ^ (hash >>> 13), m)
  h ^= h >>> 15
  return h | 0
}
