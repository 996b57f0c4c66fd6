import { existsSync } from 'node:fs'
import { type Pushed, pushedQuery, pushedWords } from '../../warehouse/pushed.ts'
import type { ChosenPipeline } from '../choose-pipeline.ts'
import { queryWarehouse } from '../sql/query-warehouse.ts'
import { type Finding, warning } from './finding.ts'

const limits = { memoryMb: 512, seconds: 60, maxRows: 10 }

/** Items that few users push; nothing where tables cannot be read. */
export async function checkPushed({ name, layout }: ChosenPipeline): Promise<Finding[]> {
  if (!existsSync(layout.warehouse)) return []
  try {
    const { rows } = await queryWarehouse(layout, pushedQuery, limits)
    const told = pushedWords(
      rows.map(
        ([item, events, user, theirs]) => ({ item, events: Number(events), user, theirs: Number(theirs) }) as Pushed,
      ),
    )
    const advice =
      'In lists a user counts once for an item. If they are no people, do not send their events, or lower clean.botLimit.'
    return told === null ? [] : [warning(name, told, advice)]
  } catch {
    // That tables cannot be read is said where rejections are looked at.
    return []
  }
}
