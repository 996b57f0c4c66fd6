import { expect, test } from 'vitest'
import { type Partitioner, partitioners } from '../../src/log/partitioners.ts'

// Where the clients put these keys, read from a topic that they had sent them to: on 8 partitions and on 12.
const keys = ['a', 'ab', 'abc', 'abcd', 'Jürgen', '用户-1', '😀', 'user-0', 'user-1', 'user-2', 'user-3', 'user-4']
test.each<[client: string, rule: Partitioner, on8: number[], on12: number[]]>([
  [
    'kafka-clients 4.3.1, franz-go 1.22.3, kafkajs 2.2.4; with the setting for it confluent-kafka 2.16.1 and sarama 1.61.1',
    'murmur2, as Java',
    [4, 2, 3, 4, 7, 0, 1, 3, 4, 0, 3, 7],
    [4, 2, 3, 8, 11, 0, 9, 7, 8, 8, 11, 7],
  ],
  ['confluent-kafka 2.16.1', 'CRC32', [3, 5, 2, 1, 1, 6, 4, 2, 4, 6, 0, 3], [3, 5, 6, 1, 1, 10, 4, 2, 8, 10, 0, 3]],
  ['sarama 1.61.1', 'FNV-1a', [4, 2, 3, 3, 2, 1, 0, 1, 4, 3, 6, 5], [0, 6, 11, 3, 6, 5, 8, 1, 0, 3, 2, 9]],
  [
    '@platformatic/kafka 2.12.1',
    'murmur2, unsigned',
    [4, 2, 3, 4, 7, 0, 1, 3, 4, 0, 3, 7],
    [0, 2, 3, 4, 7, 0, 9, 7, 8, 4, 11, 7],
  ],
])('places keys as %s: by %s', (_, rule, on8, on12) => {
  const placed = (partitions: number) => keys.map(key => partitioners[rule](Buffer.from(key), partitions))
  expect([placed(8), placed(12)]).toEqual([on8, on12])
})
