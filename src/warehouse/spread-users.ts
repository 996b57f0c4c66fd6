import type { SpreadKey } from '../log/explain-places.ts'
import { milliseconds } from './milliseconds.ts'
import { quote } from './table.ts'

/** Users whose events of the newest week lie on more than one partition. */
export interface SpreadUsers {
  /** How many they are, and of how many that were active. */
  spread: number
  active: number
  /** How many partitions were read so far. */
  partitions: number
  /** Newest time of an event in the sample that is not on the partition of its user's newest, ms since 1970. */
  until: number
  /** Some of them, by id. */
  sample: SpreadKey[]
}

/** How many are looked at closely, and how many partitions of each: no rule puts a user on so many. */
const [sampled, places] = [300, 8]

/**
 * One row for each of some users who are on more than one partition of a topic: user, places, how many they are, how many were
 * active, partitions, until.
 *
 * Of the newest week, so that what was mended is no longer told after it. Users are counted by their hash, which takes a
 * fraction of the memory that their ids would, and the week is read where it is used instead of kept.
 */
export const spreadUsersQuery = (topic: string) => `
  WITH week AS NOT MATERIALIZED (
    SELECT hash(user_id) AS hashed, user_id, source_partition, time FROM events
    WHERE time > (SELECT max(time) FROM events) - INTERVAL 7 DAY),
  users AS MATERIALIZED (SELECT hashed, min(source_partition) < max(source_partition) AS spread FROM week GROUP BY hashed),
  sample AS (SELECT hashed FROM users WHERE spread ORDER BY hashed LIMIT ${sampled}),
  places AS (
    SELECT user_id, source_partition, count(*) AS records, ${milliseconds('min(time)')} AS first, ${milliseconds('max(time)')} AS last
    FROM week SEMI JOIN sample USING (hashed) GROUP BY ALL),
  seen AS (
    SELECT user_id, list([source_partition, records, first] ORDER BY source_partition)[1:${places}]::DOUBLE[][] AS places,
      list(last ORDER BY last DESC)[2] AS until
    FROM places GROUP BY user_id)
  SELECT user_id, places, (SELECT count(*) FILTER (spread)::DOUBLE FROM users), (SELECT count(*)::DOUBLE FROM users),
    greatest((SELECT max(source_partition) FROM offsets WHERE topic = ${quote(topic)}), (SELECT max(source_partition) FROM week)) + 1,
    (SELECT max(until)::DOUBLE FROM seen)
  FROM seen ORDER BY user_id`

/** What the rows of the query say; null where nobody is on two partitions. */
export function spreadUsers(rows: readonly unknown[][]): SpreadUsers | null {
  if (rows.length === 0) return null
  const [spread, active, partitions, until] = rows[0]!.slice(2).map(Number) as [number, number, number, number]
  const sample = rows.map(([key, at]) => ({
    key: key as string,
    places: (at as [number, number, number][]).map(([partition, records, first]) => ({ partition, records, first })),
  }))
  return { spread, active, partitions, until, sample }
}
