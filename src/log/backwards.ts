import type { PartitionRange } from './log.ts'

/** Each part is so many times as long as the one before. */
const growth = 4

/**
 * Parts of a range of offsets from its end backwards, first a short one: for what is usually near the end.
 *
 *     [...backwards({ partition: 0, first: 0, end: 100 }, 16)]   // 84 … 100, 20 … 84, 0 … 20
 */
export function* backwards({ partition, first, end }: PartitionRange, shortest: number): Generator<PartitionRange> {
  for (let length = shortest; end > first; length *= growth) {
    const from = Math.max(first, end - length)
    yield { partition, first: from, end }
    end = from
  }
}
