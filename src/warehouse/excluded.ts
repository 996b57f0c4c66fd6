import type { DuckDBConnection } from '@duckdb/node-api'
import type { Excluded, ExcludedQuery, LastRow } from '../records/warehouse.ts'
import { allArchived, archiveFiles } from './archive-files.ts'
import { LIST, listValue, VARCHAR } from './duckdb.ts'
import { milliseconds } from './milliseconds.ts'
import { readRows } from './read-rows.ts'
import { quote } from './table.ts'

/** What users may not be shown, by their events in the table and in the archive. */
export async function* excluded(
  connection: DuckDBConnection,
  archive: string,
  { userIds, again }: ExcludedQuery,
): AsyncGenerator<Excluded[]> {
  const behaviours = Object.entries(again)
  if (behaviours.length === 0 || userIds.length === 0) return
  const columns = 'user_id, item_id, behaviour, time'
  const theirs = `WHERE user_id IN (SELECT unnest($1)) AND behaviour IN (${behaviours.map(([name]) => quote(name)).join(', ')})`
  const archived = `UNION ALL SELECT ${columns} FROM ${allArchived(archive)} ${theirs}`
  const until = behaviours.map(([name, ms]) => {
    const time = ms === null ? "'infinity'::DOUBLE" : `${milliseconds('time')}::DOUBLE + ${ms}`
    return `WHEN ${quote(name)} THEN ${time}`
  })
  yield* readRows(
    connection,
    `SELECT user_id, item_id, max(CASE behaviour ${until.join(' ')} END)
     FROM (SELECT ${columns} FROM events ${theirs} ${archiveFiles(archive).length > 0 ? archived : ''}) GROUP BY user_id, item_id`,
    ([userId, itemId, until]) => ({ userId, itemId, until }) as Excluded,
    { values: [listValue([...userIds])], types: [LIST(VARCHAR)] },
  )
}

/** Users with rows after one, in the order of their last rows; the last `limit` of them. */
export async function usersInOrder(
  connection: DuckDBConnection,
  { after, limit }: { after: number; limit: number },
): Promise<LastRow[]> {
  const users: LastRow[] = []
  const rows = readRows(
    connection,
    `SELECT user_id, last::DOUBLE FROM (SELECT user_id, max(sequence) AS last FROM events GROUP BY user_id) WHERE last > ${after}
     ORDER BY last DESC LIMIT ${limit}`,
    ([userId, sequence]) => ({ userId, sequence }) as LastRow,
  )
  for await (const chunk of rows) for (const user of chunk) users.push(user)
  return users.reverse()
}
