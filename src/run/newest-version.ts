import { decodeModelVersion } from '../codec/output.ts'
import { backwards } from '../log/backwards.ts'
import type { Log, PartitionRange } from '../log/log.ts'
import { recordsUpTo } from '../log/records-up-to.ts'
import type { ModelVersion } from '../records/model-version.ts'

/** The newest records of a topic may be none of ours, or tell of no version: so many are looked at first, and then more. */
const lookedBack = 32

/**
 * Finds the newest version on the topic; it is read again only where more stands there by then.
 *
 *     const newest = newestVersion(log, 'shop.model-versions')
 *     ;(await newest())?.champion
 */
export function newestVersion(log: Log, topic: string): () => Promise<ModelVersion | null> {
  let readTo = -1
  let known: ModelVersion | null = null
  return async () => {
    const [range] = await log.ranges(topic)
    if (range === undefined || range.end === readTo) return known
    const { partition, first, end } = range
    for (const part of backwards({ partition, first: Math.max(first, readTo), end }, lookedBack)) {
      const found = await newestBetween(log, topic, part)
      if (found === null) continue
      if (known === null || found.version >= known.version) known = found
      break
    }
    readTo = end
    return known
  }
}

async function newestBetween(log: Log, topic: string, range: PartitionRange): Promise<ModelVersion | null> {
  let newest: ModelVersion | null = null
  for await (const { offset, value, unreadable } of recordsUpTo(log, topic, range)) {
    if (value === null || unreadable !== undefined || offset >= range.end) continue
    const version = decodeModelVersion(value)
    if (newest === null || version.version >= newest.version) newest = version
  }
  return newest
}
