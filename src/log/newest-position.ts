import type { Log, LogRecord } from './log.ts'

/**
 * The highest position that the records of a topic say they reach, 0 for an empty topic.
 *
 * Usually the newest record says it. Where somebody else has written to the topic the whole of it is read.
 */
export async function newestPosition(log: Log, topic: string, header: string): Promise<number> {
  const newest = (await log.newest(topic)).map(record => positionIn(record, header))
  if (newest.every(position => position !== null)) return Math.max(0, ...newest)
  const ranges = await log.ranges(topic)
  const reader = await log.reader(ranges.map(({ partition, first }) => ({ topic, partition, offset: first })))
  let highest = 0
  for (;;) {
    const records = await reader.read(100)
    for (const record of records) highest = Math.max(highest, positionIn(record, header) ?? 0)
    if (records.length === 0 && (await reader.caughtUp())) break
  }
  await reader.close()
  return highest
}

function positionIn(record: LogRecord, header: string): number | null {
  const text = record.headers[header]?.toString() ?? ''
  return /^\d{1,15}$/.test(text) ? Number(text) : null
}
