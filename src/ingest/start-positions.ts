import type { Log, Position } from '../log/log.ts'
import type { Warehouse } from '../records/warehouse.ts'

/** Where each topic is to be read from: the warehouse's position, or the first record there is. */
export async function startPositions(log: Log, warehouse: Warehouse): Promise<(topic: string) => Promise<Position[]>> {
  const known = await warehouse.positions()
  return async topic => {
    const ranges = await log.ranges(topic)
    return ranges.map(({ partition, first }) => {
      const position = known.find(entry => entry.topic === topic && entry.partition === partition)
      return { topic, partition, offset: position?.offset ?? first }
    })
  }
}
