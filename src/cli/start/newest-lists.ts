import type { Scale } from '../../records/definition.ts'
import type { Layout } from '../../run/layout.ts'
import { queryWarehouse } from '../sql/query-warehouse.ts'

/** A user's newest list, with what the user did before it. */
export interface NewestList {
  userId: string
  /** Kept events of the user. */
  events: number
  /** Titles, or ids, of what was worth most to the user lately. */
  liked: string[]
  policy: string
  items: { rank: number; name: string; score: number; reason: string }[]
}

const usersShown = 3

/** The newest lists of some users who have done enough for a list to mean something, as the warehouse has them. */
export async function newestLists(layout: Layout, scale: Scale): Promise<NewestList[]> {
  const { columns, rows } = await queryWarehouse(layout, query(likedFrom(scale)), {
    memoryMb: 512,
    seconds: 60,
    maxRows: 1_000,
  })
  const lists = new Map<string, NewestList>()
  for (const values of rows) {
    const row = Object.fromEntries(columns.map(({ name }, at) => [name, values[at]])) as unknown as Row
    const list = lists.get(row.user_id) ?? {
      userId: row.user_id,
      events: Number(row.events),
      liked: JSON.parse(row.liked) as string[],
      policy: row.policy,
      items: [],
    }
    list.items.push({ rank: Number(row.rank), name: row.name, score: Number(row.score), reason: row.reason })
    lists.set(row.user_id, list)
  }
  return [...lists.values()]
}

interface Row {
  user_id: string
  events: number | string
  liked: string
  policy: string
  rank: number | string
  name: string
  score: number
  reason: string
}

/** A reward from which on an event counts as liked: a long view, or four stars of five. */
function likedFrom(scale: Scale): number {
  return scale.kind === 'watch' ? scale.positiveFrom : 0.75
}

const query = (liked: number) => `
with active as (
  select user_id, count(*) as events from events group by user_id having count(*) >= 5
), newest as (
  select user_id, max(sequence) as sequence from recommendations group by user_id
), shown as (
  select newest.user_id, newest.sequence, active.events
  from newest join active using (user_id)
  order by newest.sequence desc limit ${usersShown}
), liked as (
  select user_id, to_json(list(name order by sequence desc)[1:3]) as liked
  from (
    select events.user_id, max(events.sequence) as sequence, coalesce(any_value(items.title), events.item_id) as name
    from events join shown using (user_id) left join items using (item_id)
    where events.reward >= ${liked} and events.sequence <= shown.sequence
    group by events.user_id, events.item_id
  )
  group by user_id
)
select shown.user_id, shown.events, coalesce(liked.liked, '[]')::varchar as liked, list.policy, list.rank,
  coalesce(items.title, list.item_id || coalesce(' (' || nullif(array_to_string(
    items.features, ', '), '') || ')', '')) as name, list.score,
  coalesce('followed ' || named.title || substr(list.reason, 10 + length(named.item_id)), list.reason) as reason
from shown
join recommendations as list on list.user_id = shown.user_id and list.sequence = shown.sequence
left join liked on liked.user_id = shown.user_id
left join items on items.item_id = list.item_id
left join items as named on named.item_id = regexp_extract(list.reason, '^followed (.+) \\d+ times$', 1)
order by shown.sequence desc, list.rank`
