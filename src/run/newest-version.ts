import { decodeModelVersion } from '../codec/output.ts'
import type { Log } from '../log/log.ts'
import type { ModelVersion } from '../records/model-version.ts'

/** The newest records of a topic may be none of ours, or none that people see. */
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
    const from = Math.max(first, readTo, end - lookedBack)
    const reader = await log.reader([{ topic, partition, offset: from }], { name: 'status' })
    try {
      while (reader.position(topic, partition) < end) {
        for (const { value, unreadable } of await reader.read(100)) {
          if (value === null || unreadable !== undefined) continue
          const version = decodeModelVersion(value)
          if (known === null || version.version >= known.version) known = version
        }
      }
    } finally {
      await reader.close()
    }
    readTo = end
    return known
  }
}
