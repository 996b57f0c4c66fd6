import type { Log, PartitionRange } from './log.ts'

export interface Resume {
  /** Our own processes alone write to the topic, and so in transactions. */
  ours: boolean
  /** Go on where records are gone that were never read, and say so here; without it the reader refuses to. */
  onLost?: ((message: string) => void) | undefined
}

/**
 * The offset to read a partition on from, given the one that was kept.
 *
 * A kept offset stands past transaction markers, as a reader's position does. One that was kept before a process was
 * killed may stand right at a marker: of a topic of ours a single missing offset can be nothing else, since a record is
 * followed by the marker of its transaction.
 */
export function resumeAt(
  log: Pick<Log, 'kind'>,
  topic: string,
  { partition, first }: PartitionRange,
  kept: number,
  { ours, onLost }: Resume,
): number {
  const missing = first - kept
  if (missing <= 0) return kept
  if (missing === 1 && ours && log.kind === 'kafka') return first
  if (onLost === undefined) return kept
  onLost(`Going on without up to ${missing} records of ${topic}/${partition}, which are gone from the log unread.`)
  return first
}
