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
