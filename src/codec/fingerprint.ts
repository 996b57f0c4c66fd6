const EMPTY = 0xc15d213aa4d7a795n
const table = new BigUint64Array(256)
for (let index = 0; index < 256; index++) {
  let fingerprint = BigInt(index)
  for (let bit = 0; bit < 8; bit++) fingerprint = (fingerprint >> 1n) ^ (EMPTY & -(fingerprint & 1n))
  table[index] = fingerprint
}

/**
 * CRC-64-AVRO of a text, as its 8 bytes stand in a single-object encoding (little-endian).
 *
 *     fingerprint('"int"').toString('hex')   // '8f5c393f1ad57572'
 */
export function fingerprint(text: string): Buffer {
  let value = EMPTY
  for (const byte of Buffer.from(text)) value = (value >> 8n) ^ table[Number((value ^ BigInt(byte)) & 0xffn)]!
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(value)
  return bytes
}
