import { beginsAgain } from '../log/again.ts'
import { beginnings } from '../log/beginnings.ts'
import type { Log, Position } from '../log/log.ts'
import { type Resume, resumeAt } from '../log/resume.ts'
import type { Warehouse } from '../records/warehouse.ts'
import { noBatch } from './no-batch.ts'

/** Where each topic is to be read from: the warehouse's position, or the first record there is. */
export async function startPositions(
  log: Log,
  warehouse: Warehouse,
): Promise<(topic: string, resume: Resume) => Promise<Position[]>> {
  const kept = await warehouse.positions()
  return async (topic, resume) => {
    const ranges = await log.ranges(topic)
    const again = new Map<number, boolean>()
    for (const range of resume.ours ? ranges : []) {
      const position = kept.find(entry => entry.topic === topic && entry.partition === range.partition)
      const isGone = position !== undefined && position.offset < range.first
      if (isGone) again.set(range.partition, await beginsAgain(log, topic, range))
    }
    return ranges.map(range => {
      const { partition, first } = range
      if (again.get(partition) === true) return { topic, partition, offset: first }
      const position = kept.find(entry => entry.topic === topic && entry.partition === partition)
      const offset = position === undefined ? first : resumeAt(log, topic, range, position.offset, resume)
      return { topic, partition, offset }
    })
  }
}

/** Read a topic from its first record on, at the next start. */
export async function forgetPositions(log: Log, warehouse: Warehouse, topic: string): Promise<void> {
  const positions = beginnings(topic, await log.ranges(topic))
  await warehouse.commit({ ...noBatch, positions })
}
