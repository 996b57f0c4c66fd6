import { type ReadDeadLetter, readDeadLetter } from '../../ingest/collect/dead-letter.ts'
import { beginnings } from '../../log/beginnings.ts'
import type { Log } from '../../log/log.ts'

/**
 * The dead letters that a pipeline has now, in batches, oldest first, each once.
 *
 * The topic may hold a letter twice after a crash; the number shows it. What comes meanwhile is left out, or a replay would
 * follow its own letters for ever.
 */
export async function* readDeadLetters(log: Log, pipeline: string): AsyncGenerator<ReadDeadLetter[]> {
  const topic = `${pipeline}.dead-letters`
  const ranges = await log.ranges(topic)
  const reader = await log.reader(beginnings(topic, ranges), { name: 'dead-letters', maxRecords: 1_000 })
  let newest = 0
  try {
    while (ranges.some(({ partition, end }) => reader.position(topic, partition) < end)) {
      const records = await reader.read(100)
      const letters = records.filter(({ partition, offset }) => offset < ranges[partition]!.end).map(readDeadLetter)
      const fresh = letters.filter(letter => {
        if (letter === null || letter.number <= newest) return false
        newest = letter.number
        return true
      })
      if (fresh.length > 0) yield fresh as ReadDeadLetter[]
    }
  } finally {
    await reader.close()
  }
}
