import { RecstreamError } from '../../errors.ts'
import { emptyBlock } from '../../records/block-parts.ts'
import type { InterestBlock } from '../../records/interest-block.ts'
import type { Layout } from '../../run/layout.ts'
import { milliseconds } from '../../warehouse/milliseconds.ts'
import { queryWarehouse } from '../sql/query-warehouse.ts'

/** A user's newest list, and the short window that the user has now. */
export interface NewestList {
  /** Row behind the list. */
  sequence: number
  /** When the list was made, event time, ms. */
  time: number
  modelVersion: number
  policy: string
  items: { itemId: string; title: string | null; score: number; propensity: number; reason: string }[]
  /** One sequence whose short window is the user's last records. */
  block: InterestBlock
  titles: Map<string, string>
}

/** Whether chance put an item in its place. */
export function isExplored({ reason }: Pick<NewestList['items'][number], 'reason'>): boolean {
  return reason === 'exploring'
}

const limits = { memoryMb: 512, seconds: 60, maxRows: 10_000 }

export async function newestList(layout: Layout, user: string, shortLength: number): Promise<NewestList> {
  const id = `'${user.replaceAll("'", "''")}'`
  const { rows } = await queryWarehouse(
    layout,
    `select 'list' as kind, list.item_id, items.title, list.score, list.propensity, list.reason, list.policy,
       list.model_version, ${milliseconds('list.time')} as time, list.rank as place,
       list.sequence
     from recommendations as list left join items using (item_id)
     where user_id = ${id} and sequence = (select max(sequence) from recommendations where user_id = ${id})
     union all
     select 'record', item_id, title, reward, 0, '', '', 0, time, place, 0 from (
       select events.item_id, items.title, reward, ${milliseconds('events.time')} as time,
         row_number() over (order by events.time desc, sequence desc) as place
       from events left join items using (item_id) where user_id = ${id})
     where place <= ${Math.max(shortLength, recordsNamed)}
     order by kind, place`,
    limits,
  )
  const list = rows.filter(([kind]) => kind === 'list')
  if (list.length === 0) {
    throw new RecstreamError(
      'CONFIG_INVALID',
      `There is no list for the user "${user}"; \`recstream sql "select distinct user_id from recommendations"\` names those who have one.`,
    )
  }
  const records = rows.filter(([kind]) => kind === 'record').reverse()
  const titles = new Map<string, string>()
  for (const [, item, title] of rows) if (title !== null) titles.set(String(item), String(title))
  return {
    sequence: Number(list[0]![10]),
    time: Number(list[0]![8]),
    modelVersion: Number(list[0]![7]),
    policy: String(list[0]![6]),
    items: list.map(([, item, title, score, propensity, reason]) => ({
      itemId: String(item),
      title: title === null ? null : String(title),
      score: Number(score),
      propensity: Number(propensity),
      reason: String(reason),
    })),
    block: windowBlock(user, records.slice(-shortLength)),
    titles,
  }
}

/** Records whose titles are looked up, so that reasons can name them. */
const recordsNamed = 200

function windowBlock(user: string, records: readonly unknown[][]): InterestBlock {
  const block = emptyBlock()
  block.users.push({ id: user, features: '', attributes: '' })
  block.shortCount.push(records.length)
  for (const [, item, , reward, , , , , time] of records) {
    block.shortItem.push(block.items.push({ id: String(item), features: '' }) - 1)
    block.shortTime.push(Number(time))
    block.shortReward.push(Number(reward))
  }
  return block
}
