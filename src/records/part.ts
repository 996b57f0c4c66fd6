/**
 * A part of ingest, of so many: it owns the input partitions p ≡ part (mod of), and has tables, row numbers and a partition of
 * interest-sequences and dead-letters of its own. How many there are is fixed when a pipeline begins; processes run one or more.
 */
export interface Part {
  part: number
  of: number
}

/** The only part of a pipeline that has one. */
export const onlyPart: Part = { part: 0, of: 1 }

/**
 * The parts that a shard runs: shard i of n is a process with the parts t ≡ i (mod n).
 *
 *     partsOfShard({ shard: 1, of: 3 }, 8)   // [1, 4, 7]
 */
export function partsOfShard({ shard, of }: Shard, parts: number): number[] {
  return Array.from({ length: parts }, (_, part) => part).filter(part => shardOf(part, of) === shard)
}

/** The one of so many shards that runs a part. */
export function shardOf(part: number, shards: number): number {
  return part % shards
}

/** One of the processes that share the parts of a pipeline. */
export interface Shard {
  shard: number
  of: number
}

/**
 * Whoever publishes what a part comes to, and the group whose lag is told: one at a time.
 *
 *     ingestName('shop', { part: 1, of: 4 })   // 'shop.ingest.1'; 'shop.ingest' where there is one part
 */
export function ingestName(pipeline: string, { part, of }: Part): string {
  return of === 1 ? `${pipeline}.ingest` : `${pipeline}.ingest.${part}`
}

/**
 * Whether a part owns a partition.
 *
 *     owns({ part: 1, of: 4 }, 5)   // true
 */
export function owns({ part, of }: Part, partition: number): boolean {
  return partition % of === part
}

/**
 * Parts in words.
 *
 *     partsWords([0, 2], 4)   // 'parts 0 and 2 of 4'
 */
export function partsWords(parts: readonly number[], of: number): string {
  if (parts.length === 1) return `part ${parts[0]} of ${of}`
  return `parts ${parts.slice(0, -1).join(', ')} and ${parts.at(-1)} of ${of}`
}
