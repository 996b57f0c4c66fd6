import { readFileSync } from 'node:fs'
import avro from 'avsc'

/** Avro's single-object encoding for one schema file, written from docs/guide/topics.md and Avro's specification alone. */
export function singleObject(file: URL): { encode: (value: unknown) => Buffer; decode: (bytes: Buffer) => unknown } {
  const type = avro.Type.forSchema(JSON.parse(readFileSync(file, 'utf8')))
  // avsc prints a type in the Parsing Canonical Form.
  const marker = Buffer.concat([Buffer.from([0xc3, 0x01]), crc64(JSON.stringify(type.schema()))])
  return {
    encode: value => Buffer.concat([marker, type.toBuffer(value)]),
    decode(bytes) {
      if (!bytes.subarray(0, 10).equals(marker)) throw new Error('The value was written with another schema.')
      return type.fromBuffer(bytes.subarray(10))
    },
  }
}

function crc64(text: string): Buffer {
  const empty = 0xc15d213aa4d7a795n
  let crc = empty
  for (const byte of Buffer.from(text)) {
    crc ^= BigInt(byte)
    for (let bit = 0; bit < 8; bit++) crc = crc & 1n ? (crc >> 1n) ^ empty : crc >> 1n
  }
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(crc)
  return bytes
}
