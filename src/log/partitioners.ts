import { crc32 } from 'node:zlib'
import { murmur2, partitionOf } from './partitioner.ts'

/** A rule by which clients choose the partition of a key. */
export type Partitioner = keyof typeof partitioners

/**
 * The partition of a key, by the rule that a client goes by.
 *
 *     partitioners.CRC32(Buffer.from('user-17'), 12)   // where librdkafka puts it unless told otherwise
 */
export const partitioners = {
  /** Java's clients, and all that do as they do: kafkajs, kafka-python, aiokafka, franz-go, krafka. */
  'murmur2, as Java': partitionOf,
  /** librdkafka's `consistent` and `consistent_random`, which is its default. */
  CRC32: (key: Buffer, partitions: number) => crc32(key) % partitions,
  /** sarama's default, and kafka-go's Hash; the rest of a negative number, without its sign. */
  'FNV-1a': (key: Buffer, partitions: number) => Math.abs(fnv1a(key) % partitions),
  /** The default of @platformatic/kafka: where Java clears the sign, it takes the bits as they are. */
  'murmur2, unsigned': (key: Buffer, partitions: number) => (murmur2(key) >>> 0) % partitions,
} as const satisfies Record<string, (key: Buffer, partitions: number) => number>

/** Fowler–Noll–Vo, 32 bits, signed. */
function fnv1a(bytes: Uint8Array): number {
  let hash = 0x811c9dc5
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193)
  return hash | 0
}
