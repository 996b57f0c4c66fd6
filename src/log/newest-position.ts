import type { Log } from './log.ts'
import { numberIn, type Published, publishedOn } from './published.ts'

/** How far each partition's records say that they reach, by a number in a header. */
export function positionsOn(
  log: Log,
  topic: string,
  header: string,
  partition: number | null = null,
): Promise<Published<number>> {
  return publishedOn(log, topic, record => numberIn(record, header), { isLater: (a, b) => a > b, partition })
}

/** The highest position that the records of a topic, or of one partition of it, say they reach, 0 for an empty one. */
export async function newestPosition(
  log: Log,
  topic: string,
  header: string,
  partition: number | null = null,
): Promise<number> {
  return (await positionsOn(log, topic, header, partition)).furthest ?? 0
}
