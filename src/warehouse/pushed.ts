/** An item that few users push: half of what came for it in the newest day of events is that of three users or fewer. */
export interface Pushed {
  item: string
  events: number
  /** The user with most of them, and how many are those of the three with most. */
  user: string
  theirs: number
}

/** Events in a day from which an item is looked at, how many users are few, and their share from which they push it. */
const [atLeast, few, share] = [50, 3, 0.5]

/**
 * One row for each of the items that are pushed most: item, its events of the newest day, the user with most of them, the few's.
 *
 * Events against an item are events for it here: whoever sends so many of them is no audience.
 */
export const pushedQuery = `
  WITH day AS (SELECT user_id, item_id FROM events WHERE time > (SELECT max(time) FROM events) - INTERVAL 1 DAY),
  pairs AS (SELECT item_id, user_id, count(*) AS theirs FROM day GROUP BY ALL),
  items AS (
    SELECT item_id, sum(theirs)::DOUBLE AS events, arg_max(user_id, theirs) AS user_id,
      list_sum(list(theirs ORDER BY theirs DESC)[1:${few}])::DOUBLE AS theirs
    FROM pairs GROUP BY item_id)
  SELECT item_id, events, user_id, theirs FROM items WHERE events >= ${atLeast} AND theirs >= ${share} * events
  ORDER BY theirs DESC, item_id LIMIT 5`

/**
 * What is said of pushed items; null where there are none.
 *
 *     pushedWords([{ item: 'x', events: 631, user: 'bot', theirs: 630 }])
 *     // 'Few users push items: of the 631 events of "x" in the newest day, 630 are those of "bot" and at most two others.'
 */
export function pushedWords(pushed: readonly Pushed[]): string | null {
  if (pushed.length === 0) return null
  const each = pushed.map(
    ({ item, events, user, theirs }) =>
      `of the ${events} events of ${JSON.stringify(item)} in the newest day, ${theirs} are those of ${JSON.stringify(user)} and at most two others`,
  )
  return `Few users push items: ${each.join('; ')}.`
}

/** An item that stands among the first three of many lists, and that few users had to do with. */
export interface Listed {
  item: string
  /** Share of the lists of the newest day. */
  share: number
  /** How many users had an event for it, ever. */
  users: number
}

/** Lists in a day from which they are looked at, the share that is many, and how many times its share of the users that is. */
const [leastLists, many, times] = [100, 0.1, 10]

/** One row for each of the items that stand in most lists of the newest day beside how few want them: item, share, users. */
export const listedQuery = `
  WITH lists AS (
    SELECT recommendation_id, user_id, item_id FROM recommendations
    WHERE rank <= 3 AND user_id <> '' AND time > (SELECT max(time) FROM recommendations) - INTERVAL 1 DAY),
  total AS (SELECT count(DISTINCT recommendation_id)::DOUBLE AS lists, count(DISTINCT user_id) AS users FROM lists),
  shares AS (
    SELECT item_id, count(DISTINCT recommendation_id) / any_value(total.lists) AS share, any_value(total.users) AS audience
    FROM lists, total WHERE total.lists >= ${leastLists} GROUP BY item_id),
  wanted AS (
    SELECT item_id, share, audience, (SELECT count(DISTINCT user_id) FROM events WHERE events.item_id = shares.item_id) AS users
    FROM shares WHERE share >= ${many})
  SELECT item_id, share, users FROM wanted WHERE ${times} * users < share * audience ORDER BY share DESC, item_id LIMIT 5`

/**
 * What is said of items that stand in many lists while few users want them; null where there are none.
 *
 *     listedWords([{ item: 'x', share: 0.23, users: 2 }])
 *     // '"x" stands among the first three of 23% of the newest day's lists, and 2 users had to do with it.'
 */
export function listedWords(listed: readonly Listed[]): string | null {
  if (listed.length === 0) return null
  const each = listed.map(
    ({ item, share, users }) =>
      `${JSON.stringify(item)} stands among the first three of ${Math.round(100 * share)}% of the newest day's lists, and ${users === 1 ? '1 user' : `${users} users`} had to do with it`,
  )
  return `${each.join('; ')}.`
}
