import { RecstreamError } from '../../../errors.ts'
import type { OutgoingRecord } from '../../log.ts'
import { partitionOf } from '../../partitioner.ts'
import { type CommonHeader, sizeAtMost } from './encode-batch.ts'

/** A batch to be: the places of its records among those of the append. */
export interface Cut {
  partition: number
  batches: Int32Array[]
}

/**
 * Each partition's records, in their order, as batches of at most so many bytes; a record that is larger is one alone.
 */
export function cut(
  topic: string,
  records: readonly OutgoingRecord[],
  partitions: number,
  maxBytes: number,
  common: CommonHeader,
): { cuts: Cut[]; sizes: Int32Array } {
  const sizes = new Int32Array(records.length)
  const placeOf = new Int32Array(records.length)
  const counts = new Int32Array(partitions + 1)
  for (let i = 0; i < records.length; i++) {
    const record = records[i]!
    const partition = record.partition ?? partitionOf(record.key, partitions)
    if (!(partition >= 0 && partition < partitions)) {
      throw new RecstreamError('TOPIC_INVALID', `${topic} has no partition ${partition}; it has ${partitions}.`)
    }
    sizes[i] = sizeAtMost(record, common)
    placeOf[i] = partition
    counts[partition + 1]!++
  }
  for (let partition = 0; partition < partitions; partition++) counts[partition + 1]! += counts[partition]!
  const next = counts.slice()
  const sorted = new Int32Array(records.length)
  for (let i = 0; i < records.length; i++) sorted[next[placeOf[i]!]!++] = i

  const cuts: Cut[] = []
  for (let partition = 0; partition < partitions; partition++) {
    const own = sorted.subarray(counts[partition]!, counts[partition + 1]!)
    if (own.length > 0) cuts.push({ partition, batches: batchesOf(own, sizes, maxBytes) })
  }
  return { cuts, sizes }
}

function batchesOf(own: Int32Array, sizes: Int32Array, maxBytes: number): Int32Array[] {
  const batches: Int32Array[] = []
  let start = 0
  let bytes = 0
  for (let i = 0; i < own.length; i++) {
    const size = sizes[own[i]!]!
    if (i > start && bytes + size > maxBytes) {
      batches.push(own.subarray(start, i))
      start = i
      bytes = 0
    }
    bytes += size
  }
  batches.push(own.subarray(start))
  return batches
}
