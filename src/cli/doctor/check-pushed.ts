import { partsWithTables } from '../../run/snapshot-of.ts'
import { type Listed, listedQuery, listedWords, type Pushed, pushedQuery, pushedWords } from '../../warehouse/pushed.ts'
import type { ChosenPipeline } from '../choose-pipeline.ts'
import { queryWarehouse } from '../sql/query-warehouse.ts'
import { type Finding, warning } from './finding.ts'

const limits = { memoryMb: 512, seconds: 60, maxRows: 10 }

/** Items that few users push, and items in many lists that few want; nothing where tables cannot be read. */
export async function checkPushed({ name, layout }: ChosenPipeline): Promise<Finding[]> {
  if (partsWithTables(layout).length === 0) return []
  const ask = async (sql: string) => (await queryWarehouse(layout, sql, limits)).rows
  try {
    const pushed = await ask(pushedQuery)
    const listed = await ask(listedQuery)
    const told = [
      {
        words: pushedWords(
          pushed.map(
            ([item, events, user, theirs]) =>
              ({ item, events: Number(events), user, theirs: Number(theirs) }) as Pushed,
          ),
        ),
        advice:
          'In lists a user counts once for an item. If they are no people, do not send their events, or lower clean.botLimit.',
      },
      {
        words: listedWords(
          listed.map(([item, share, users]) => ({ item, share: Number(share), users: Number(users) }) as Listed),
        ),
        advice: 'If no rule puts it there, look whose events are for it: SELECT * FROM events WHERE item_id = …',
      },
    ]
    return told.flatMap(({ words, advice }) => (words === null ? [] : [warning(name, words, advice)]))
  } catch {
    // That tables cannot be read is said where rejections are looked at.
    return []
  }
}
