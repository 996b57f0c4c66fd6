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
 * Whether a part owns a partition.
 *
 *     owns({ part: 1, of: 4 }, 5)   // true
 */
export function owns({ part, of }: Part, partition: number): boolean {
  return partition % of === part
}
