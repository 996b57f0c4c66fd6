import type { PartitionRange, Position } from './log.ts'

/** Where a topic is read from its first records on. */
export function beginnings(topic: string, ranges: readonly PartitionRange[]): Position[] {
  return ranges.map(({ partition, first }) => ({ topic, partition, offset: first }))
}
