import { count } from '../../records/words.ts'

/**
 * Where a run goes on: ingest from the first event that it has not read, the learner from its newest checkpoint.
 *
 *     goingOn({ events: 2988181, position: 453536, rows: 2900412 })
 *     // 'Going on from event 2,988,181; the learner goes on from row 453,536 of 2,900,412, and learns the rest again.'
 *
 * `events`: read by earlier runs, kept or not; null where that is not known. `rows`: those of them that were kept.
 */
export function goingOn({ events, position, rows }: { events: number | null; position: number; rows: number }): string {
  const from = events === null ? 'Going on from where the last run ended' : `Going on from event ${count(events)}`
  if (position >= rows) return `${from}.`
  return `${from}; the learner goes on from row ${count(position)} of ${count(rows)}, and learns the rest again.`
}
