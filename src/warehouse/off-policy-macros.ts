import type { Macro } from './macro.ts'

// Each row is one choice that was logged: its reward, the probability of what was shown under the policy that showed it
// (`logged`) and under the policy that is asked about (`target`). For doubly robust estimates also what a model of rewards
// says of what was shown (`q`), and of what the target would show (`v`: its mean over the target's choices, or of one draw).

const weight = '(target / logged)'

const aggregates: readonly Macro[] = [
  {
    name: 'ips',
    parameters: ['reward', 'target', 'logged'],
    body: `avg(${weight} * reward)`,
    comment:
      'What a target policy would bring per choice: inverse propensity scoring (Horvitz and Thompson 1952). Unbiased where the log shows all that the target shows.',
  },
  {
    name: 'ips_error',
    parameters: ['reward', 'target', 'logged'],
    body: `stddev_samp(${weight} * reward) / sqrt(count(${weight} * reward))`,
    comment: 'Standard error of ips, rows taken as independent.',
  },
  {
    name: 'snips',
    parameters: ['reward', 'target', 'logged'],
    body: `sum(${weight} * reward) / sum(${weight}) FILTER (reward IS NOT NULL)`,
    comment:
      'The same, self-normalised (Swaminathan and Joachims 2015): divided by the sum of weights, so it stays within the range of rewards. Slightly biased, far steadier.',
  },
  {
    name: 'snips_error',
    parameters: ['reward', 'target', 'logged'],
    // Σ w²(r − s)² spelt out, since an aggregate cannot stand within an aggregate.
    body: `sqrt(greatest(0, sum(${weight} * ${weight} * reward * reward)
        - 2 * snips(reward, target, logged) * sum(${weight} * ${weight} * reward)
        + pow(snips(reward, target, logged), 2) * sum(${weight} * ${weight}) FILTER (reward IS NOT NULL)))
      / sum(${weight}) FILTER (reward IS NOT NULL)`,
    comment: 'Standard error of snips (delta method), rows taken as independent.',
  },
  {
    name: 'doubly_robust',
    parameters: ['reward', 'target', 'logged', 'q', 'v'],
    body: `avg(v + ${weight} * (reward - q))`,
    comment:
      'What a target policy would bring per choice: a model of rewards, corrected by weighted residuals (Dudík, Langford and Li 2011). q: the model of what was shown; v: of what the target would show. Right if either propensities or model are, provided the model did not see the rows.',
  },
  {
    name: 'doubly_robust_error',
    parameters: ['reward', 'target', 'logged', 'q', 'v'],
    body: `stddev_samp(v + ${weight} * (reward - q)) / sqrt(count(v + ${weight} * (reward - q)))`,
    comment: 'Standard error of doubly_robust, rows taken as independent.',
  },
  {
    name: 'effective_sample_size',
    parameters: ['target', 'logged'],
    body: `pow(sum(${weight}), 2) / sum(${weight} * ${weight})`,
    comment: 'How many rows of the target’s own log the weighted rows are worth (Kish 1965).',
  },
  {
    name: 'mean_weight',
    parameters: ['target', 'logged'],
    body: `avg(${weight})`,
    comment: '1 but for chance where propensities are right and the log shows all that the target shows.',
  },
  {
    name: 'off_policy_warning',
    parameters: ['target', 'logged'],
    body: `nullif(concat_ws('; ',
      CASE WHEN count(*) = 0 THEN 'there are no rows' END,
      CASE WHEN count_if(NOT coalesce(logged > 0 AND logged <= 1 AND target >= 0 AND target <= 1, false)) > 0
        THEN format('{:d} rows have no propensity in (0, 1]',
          count_if(NOT coalesce(logged > 0 AND logged <= 1 AND target >= 0 AND target <= 1, false))) END,
      CASE WHEN sum(${weight}) = 0 THEN 'the log shows nothing that the target shows' END,
      CASE WHEN effective_sample_size(target, logged) < greatest(100, 0.01 * count(*))
        THEN format('the effective sample size is only {:.0f} of {:d} rows', effective_sample_size(target, logged), count(*)) END,
      CASE WHEN abs(mean_weight(target, logged) - 1) > 0.05
        THEN format('the mean weight is {:.3f}, off 1 by more than 5%', mean_weight(target, logged)) END
    ), '')`,
    comment:
      'Why not to trust an estimate: an effective sample size below 100 or 1% of the rows, a mean weight off 1 by more than 5%, propensities that are none. NULL where nothing is wrong.',
  },
]

/** How strongly an item's mean reward is drawn to the mean of all: as if it had been shown so many times more. */
const doubt = 10

const log: Macro = {
  name: 'off_policy_log',
  parameters: ['arm', 'since := NULL', 'until := NULL', 'unanswered := NULL'],
  table: true,
  body: `
    WITH lists AS (
      SELECT list.recommendation_id, list.user_id, list.time, list.arm AS logged_arm, list.item_id,
        list.propensity AS logged,
        json_extract(list.alternatives, '/' || arm || '/propensity')::DOUBLE AS target,
        json_extract_string(list.alternatives, '/' || arm || '/itemId') AS drawn_item_id,
        hash(list.user_id) % 2 AS fold
      FROM recommendations AS list
      WHERE list.rank = 1 AND list.arm <> arm AND list.alternatives IS NOT NULL
        AND json_exists(list.alternatives, '/' || arm)
        AND (since IS NULL OR list.time >= utc(since)) AND (until IS NULL OR list.time < utc(until))
    ), answers AS (
      SELECT event.recommendation_id, event.item_id, max(event.reward) AS reward
      FROM events AS event
      WHERE event.recommendation_id IS NOT NULL AND (since IS NULL OR event.time >= utc(since))
        AND event.recommendation_id IN (SELECT lists.recommendation_id FROM lists)
      GROUP BY event.recommendation_id, event.item_id
    ), choices AS (
      SELECT lists.*, coalesce(answers.reward, unanswered::DOUBLE) AS reward
      FROM lists LEFT JOIN answers USING (recommendation_id, item_id)
      WHERE coalesce(answers.reward, unanswered::DOUBLE) IS NOT NULL
    ), halves AS (
      SELECT choices.fold, count(*) AS n, sum(choices.reward) AS total FROM choices GROUP BY choices.fold
    ), means AS (
      SELECT mine.fold, coalesce(other.total / other.n, mine.total / mine.n) AS mean
      FROM halves AS mine LEFT JOIN halves AS other ON other.fold <> mine.fold
    ), of_items AS (
      SELECT 1 - choices.fold AS fold, choices.item_id, count(*) AS n, sum(choices.reward) AS total
      FROM choices GROUP BY ALL
    )
    SELECT choices.recommendation_id, choices.user_id, choices.time, choices.logged_arm, choices.item_id,
      choices.reward, choices.target, choices.logged, choices.drawn_item_id,
      (coalesce(shown.total, 0) + ${doubt} * means.mean) / (coalesce(shown.n, 0) + ${doubt}) AS q,
      (coalesce(drawn.total, 0) + ${doubt} * means.mean) / (coalesce(drawn.n, 0) + ${doubt}) AS v
    FROM choices JOIN means USING (fold)
    LEFT JOIN of_items AS shown ON shown.fold = choices.fold AND shown.item_id = choices.item_id
    LEFT JOIN of_items AS drawn ON drawn.fold = choices.fold AND drawn.item_id = choices.drawn_item_id`,
  comment:
    'The choices of other arms from which `arm` can be judged, one row per list: first place, reward of the event that answers it, both propensities, and a model of rewards (mean of the item among the other half of users) of what was shown (q) and of what `arm` drew (v). Lists without an answer are left out, or count as the reward `unanswered`.',
}

const table: Macro = {
  name: 'off_policy',
  parameters: ['arm', 'since := NULL', 'until := NULL', 'unanswered := NULL'],
  table: true,
  body: `
    WITH choices AS MATERIALIZED (FROM off_policy_log(arm, since := since, until := until, unanswered := unanswered)),
    estimates AS (
      SELECT ips(choices.reward, choices.target, choices.logged) AS ips,
        snips(choices.reward, choices.target, choices.logged) AS snips,
        doubly_robust(choices.reward, choices.target, choices.logged, choices.q, choices.v) AS doubly_robust,
        avg(choices.reward) AS on_log, sum(choices.target / choices.logged) AS weights,
        count(*) AS n, count(DISTINCT choices.user_id) AS users,
        effective_sample_size(choices.target, choices.logged) AS ess,
        mean_weight(choices.target, choices.logged) AS mean_weight, max(choices.target / choices.logged) AS largest,
        off_policy_warning(choices.target, choices.logged) AS warning
      FROM choices
    ), per_user AS (
      SELECT sum(choices.target / choices.logged * choices.reward - estimates.ips) AS ips,
        sum(choices.target / choices.logged * (choices.reward - estimates.snips)) AS snips,
        sum(choices.v + choices.target / choices.logged * (choices.reward - choices.q) - estimates.doubly_robust) AS dr,
        sum(choices.reward - estimates.on_log) AS on_log
      FROM choices, estimates GROUP BY choices.user_id
    ), errors AS (
      SELECT sqrt(sum(per_user.ips * per_user.ips)) AS ips, sqrt(sum(per_user.snips * per_user.snips)) AS snips,
        sqrt(sum(per_user.dr * per_user.dr)) AS dr, sqrt(sum(per_user.on_log * per_user.on_log)) AS on_log
      FROM per_user
    ), listed AS (
      SELECT unnest([
        {estimator: 'doubly_robust', estimate: estimates.doubly_robust, error: errors.dr / estimates.n},
        {estimator: 'snips', estimate: estimates.snips, error: errors.snips / estimates.weights},
        {estimator: 'ips', estimate: estimates.ips, error: errors.ips / estimates.n},
        {estimator: 'on_log', estimate: estimates.on_log, error: errors.on_log / estimates.n}
      ], recursive := true), estimates.*
      FROM estimates, errors
    )
    SELECT listed.estimator, listed.estimate, listed.estimate - 1.96 * listed.error AS low,
      listed.estimate + 1.96 * listed.error AS high, listed.error AS standard_error, listed.n AS "rows", listed.users,
      listed.ess AS effective_sample_size, listed.mean_weight, listed.largest AS largest_weight,
      CASE WHEN listed.estimator <> 'on_log' THEN listed.warning END AS warning
    FROM listed`,
  comment:
    'What a list’s first place would bring under `arm`, from the lists of other arms: three estimates and what the log itself brought, with 95% intervals (users are independent, their rows are not) and a warning where they are not to be trusted.',
}

export const offPolicyMacros: readonly Macro[] = [...aggregates, log, table]
