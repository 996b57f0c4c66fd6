/** The hashes by which clients choose a partition, by the name of what uses them. */
export const partitioners: Record<string, (key: Buffer, partitions: number) => number> = {
  'murmur2, as Java': (key, partitions) => (murmur2(key) & 0x7fffffff) % partitions,
  'murmur2, unsigned': (key, partitions) => murmur2(key) % partitions,
  CRC32: (key, partitions) => crc32(key) % partitions,
  'FNV-1a': (key, partitions) => Math.abs((fnv1a(key) | 0) % partitions),
}

function murmur2(key: Buffer): number {
  const multiplier = 0x5bd1e995
  let hash = 0x9747b28c ^ key.length
  let at = 0
  for (; key.length - at >= 4; at += 4) {
    let word = Math.imul(key.readInt32LE(at), multiplier)
    word = Math.imul(word ^ (word >>> 24), multiplier)
    hash = Math.imul(hash, multiplier) ^ word
  }
  const left = key.length - at
  if (left > 0) hash = Math.imul(hash ^ key.readUIntLE(at, left), multiplier)
  hash = Math.imul(hash ^ (hash >>> 13), multiplier)
  return (hash ^ (hash >>> 15)) >>> 0
}

function crc32(key: Buffer): number {
  let crc = -1
  for (const byte of key) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
  }
  return ~crc >>> 0
}

function fnv1a(key: Buffer): number {
  let hash = 0x811c9dc5
  for (const byte of key) hash = Math.imul(hash ^ byte, 0x01000193)
  return hash >>> 0
}
