import fc from 'fast-check'
import { expect, test } from 'vitest'
import { crc32c } from '../../../../src/log/kafka/produce/crc32c.ts'

test.each([
  ['', 0],
  ['a', 0xc1d04330],
  ['123456789', 0xe3069283],
  ['The quick brown fox jumps over the lazy dog', 0x22620404],
])('of "%s"', (text, sum) => {
  const bytes = Buffer.from(text)
  expect(crc32c(bytes, 0, bytes.length)).toBe(sum)
})

test('is the same bit by bit, wherever the bytes begin and end', () => {
  const bitwise = (bytes: Uint8Array): number => {
    let crc = -1
    for (const byte of bytes) {
      crc ^= byte
      for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1
    }
    return ~crc >>> 0
  }
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(20), fc.nat(20), (bytes, from, cut) => {
      const to = Math.max(from, bytes.length - cut)
      expect(crc32c(bytes, from, Math.min(to, bytes.length))).toBe(bitwise(bytes.subarray(from, to)))
    }),
  )
})
