import type { Macro } from './macro.ts'

// In a macro, a bare name that is also a parameter means the parameter; so columns stand with their table.

/**
 * One row per user who got a list for an event. The newest event's time is the clock: a user is complete once `days` lie between the
 * first list and it, and `grace` for events that come late. An hour of it costs nothing.
 */
const armUsers: Macro = {
  name: 'arm_users',
  parameters: ['days := 7', 'since := NULL', 'grace := INTERVAL 1 HOUR'],
  table: true,
  body: `
    WITH first_lists AS (
      SELECT list.user_id,
        arg_min({arm: list.arm, policy: list.policy, time: list.time}, list.sequence) AS first,
        min(list.arm) <> max(list.arm) AS moved
      FROM recommendations AS list
      WHERE list.rank = 1 AND NOT regexp_matches(list.recommendation_id, '\\.[01]$') AND (since IS NULL OR list.time >= utc(since))
      GROUP BY list.user_id
    ), users_of_arms AS (
      SELECT first_lists.user_id, first.arm AS first_arm, first.policy AS first_policy, first.time AS first_time, moved,
        first.time + to_microseconds((days * 86400000000)::BIGINT) AS until
      FROM first_lists
    ), brought AS (
      SELECT event.user_id, sum(event.reward) AS reward, count(*) AS events
      FROM events AS event JOIN users_of_arms AS each USING (user_id)
      WHERE event.time > each.first_time AND event.time <= each.until
      GROUP BY event.user_id
    )
    SELECT each.user_id, each.first_arm AS arm, each.first_policy AS policy, each.first_time,
      each.until <= (SELECT max(event.time) FROM events AS event) - grace AS complete,
      coalesce(brought.reward, 0) AS reward, coalesce(brought.events, 0) AS events, each.moved
    FROM users_of_arms AS each LEFT JOIN brought USING (user_id)`,
  comment:
    'Users of arms: the arm of a user’s first list, when that was, the reward of the `days` after it, whether they are over, and whether lists of another arm came later. `since`: only lists from this time on.',
}

const armRewards: Macro = {
  name: 'arm_rewards',
  parameters: ['days := 7', 'since := NULL', 'grace := INTERVAL 1 HOUR'],
  table: true,
  body: `
    SELECT each.arm, max_by(each.policy, each.first_time) AS policy, count(*) AS users,
      count(*) FILTER (each.complete) AS complete_users, count(*) FILTER (each.moved) AS moved_users,
      avg(each.reward) FILTER (each.complete) AS mean_reward,
      var_samp(each.reward) FILTER (each.complete) AS variance
    FROM arm_users(days := days, since := since, grace := grace) AS each
    GROUP BY each.arm ORDER BY each.arm`,
  comment:
    'Arms by what their users brought: users, those whose `days` are over, and mean and sample variance of the reward of the latter.',
}

export const armMacros: readonly Macro[] = [armUsers, armRewards]
