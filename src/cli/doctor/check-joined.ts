import { unjoinedWords } from '../../ingest/unjoined-words.ts'
import { partsWithTables } from '../../run/snapshot-of.ts'
import { unjoinedQuery } from '../../warehouse/unjoined.ts'
import type { ChosenPipeline } from '../choose-pipeline.ts'
import { queryWarehouse } from '../sql/query-warehouse.ts'
import { type Finding, ok, warning } from './finding.ts'

const limits = { memoryMb: 512, seconds: 60, maxRows: 10 }

/** Whether many events found no item or profile; nothing where tables cannot be read. */
export async function checkJoined({ name, layout }: ChosenPipeline): Promise<Finding[]> {
  if (partsWithTables(layout).length === 0) return []
  try {
    const [{ rows }, { rows: read }] = await Promise.all([
      queryWarehouse(layout, unjoinedQuery, limits),
      queryWarehouse(layout, 'select topic from offsets where next_offset > 0 group by all', limits),
    ])
    const [events, items, profiles] = rows[0]!.map(Number) as [number, number, number]
    const isLoaded = (topic: string) => read.some(([each]) => each === `${name}.${topic}`)
    const loaded = { items: isLoaded('items'), profiles: isLoaded('user-profiles') }
    const told = unjoinedWords({ events, items, profiles }, loaded)
    const advice = 'Send items and profiles before events, or with times of their own.'
    const none = [
      ...(items === 0 || loaded.items ? [] : ['an item']),
      ...(profiles === 0 || loaded.profiles ? [] : ['a profile']),
    ]
    return [
      ...(told === null ? [] : [warning(name, told, advice)]),
      ...none.map(what => ok(name, `no event found ${what}: none was sent, or all are dated later`)),
    ]
  } catch {
    // That tables cannot be read is said where rejections are looked at.
    return []
  }
}
