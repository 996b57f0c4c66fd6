import fc from 'fast-check'
import { Partitioners } from 'kafkajs'
import { expect, test } from 'vitest'
import { murmur2, partitionOf } from '../../src/log/partitioner.ts'

test("hashes as Kafka's Java client does", () => {
  // The values of Kafka's own UtilsTest.
  const known: [string, number][] = [
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ]
  for (const [text, hash] of known) expect([text, murmur2(Buffer.from(text))]).toEqual([text, hash])
})

test('a text and its bytes have the same partition, whatever the letters', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 1000 }), (key, partitions) => {
      expect(partitionOf(key, partitions)).toBe(partitionOf(Buffer.from(key), partitions))
    }),
  )
})

test("agrees with kafkajs's default partitioner", () => {
  const kafkajs = Partitioners.DefaultPartitioner()
  const metadata = Array.from({ length: 12 }, (_, partitionId) => ({ partitionId, leader: 1 }))
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), key => {
      const expected = kafkajs({ topic: 't', partitionMetadata: metadata as never, message: { key, value: null } })
      expect(partitionOf(key, 12)).toBe(expected)
    }),
  )
})
