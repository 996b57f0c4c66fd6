import type { Position } from '../log/log.ts'
import { headersText } from '../records/header-text.ts'
import type { ModelVersion, Score } from '../records/model-version.ts'
import type { Recommendation, RecommendedItem } from '../records/recommendation.ts'
import type { DeadLetter, EnrichedEvent, ItemRow, LandedCommand, UserRow } from '../records/warehouse.ts'
import { armMacros } from './arm-macros.ts'
import { macroStatements } from './macro.ts'
import { offPolicyMacros } from './off-policy-macros.ts'
import { beginnings, blockOrder, changes, forgotten, origins, reached, recovery } from './recovery-tables.ts'
import { createStatements, quote, recordTable, type Table } from './table.ts'
import { timeMacros } from './time-macros.ts'

// No table has an index: an index costs every append and every restart, and nothing here looks up single rows.

export const events = recordTable<EnrichedEvent>(
  'events',
  'Behaviour events that were kept, with the profile and the item as they were known when the event came.',
  {
    sequence: { type: 'BIGINT', comment: 'Row number in this shard, from 1' },
    partition: { name: 'source_partition', type: 'INTEGER', comment: 'Partition of behaviour-events' },
    offset: { name: 'source_offset', type: 'BIGINT', comment: 'Offset in that partition' },
    eventId: { type: 'VARCHAR', comment: 'Id given by the producer; null where it gave none' },
    userId: { type: 'VARCHAR', comment: 'Who acted' },
    itemId: { type: 'VARCHAR', comment: 'On what' },
    behaviour: { type: 'VARCHAR', comment: 'What was done: one of the pipeline’s behaviours' },
    time: { type: 'TIMESTAMP_MS', comment: 'When it was done (event time, UTC)' },
    value: { type: 'DOUBLE', comment: 'The one number of the behaviour: a rating, seconds watched' },
    properties: { type: 'VARCHAR', comment: 'Further named numbers' },
    recommendationId: { type: 'VARCHAR', comment: 'The list that this event answers' },
    reward: { type: 'DOUBLE', comment: 'What the event is worth to the learner, 0 to 1' },
    liked: { type: 'BOOLEAN', comment: 'It says that the user liked the item' },
    late: { type: 'BOOLEAN', comment: 'Older than an event of the same user that came before it' },
    userKnown: { type: 'BOOLEAN', comment: 'A profile was there when the event came' },
    itemKnown: { type: 'BOOLEAN', comment: 'The item was there when the event came' },
    userFeatures: { type: 'VARCHAR', comment: 'The user’s features then' },
    itemFeatures: { type: 'VARCHAR', comment: 'The item’s features then' },
    count: { type: 'INTEGER', comment: 'The user’s records so far, this one included' },
    generation: { type: 'INTEGER', comment: 'Generation of the duplicate filter that remembers its id' },
  },
)

export const users = recordTable<Omit<UserRow, 'deleted'>>(
  'users',
  'The newest profile of every user; a deleted profile has no row.',
  {
    userId: { type: 'VARCHAR', comment: 'The user' },
    features: { type: 'VARCHAR', comment: 'Feature tokens' },
    attributes: { type: 'VARCHAR', comment: 'Attributes as they came' },
    timestamp: { name: 'time', type: 'TIMESTAMP_MS', of: storable, comment: 'Timestamp of the profile’s record (UTC)' },
    offset: { name: 'source_offset', type: 'BIGINT', comment: 'Offset of the profile’s record' },
  },
)

export const items = recordTable<Omit<ItemRow, 'deleted'>>(
  'items',
  'The newest description of every item; a deleted item has no row.',
  {
    itemId: { type: 'VARCHAR', comment: 'The item' },
    title: { type: 'VARCHAR', comment: 'Its title for people, if it has one' },
    features: { type: 'VARCHAR', comment: 'Feature tokens' },
    attributes: { type: 'VARCHAR', comment: 'Attributes as they came' },
    timestamp: { name: 'time', type: 'TIMESTAMP_MS', of: storable, comment: 'Timestamp of the item’s record (UTC)' },
    offset: { name: 'source_offset', type: 'BIGINT', comment: 'Offset of the item’s record' },
  },
)

export type RecommendationRow = { list: Recommendation; rank: number; item: RecommendedItem }

export const recommendations: Table<RecommendationRow> = {
  name: 'recommendations',
  comment: 'Every list that was recommended, one row per item in it.',
  columns: [
    { name: 'recommendation_id', type: 'VARCHAR', of: r => r.list.recommendationId, comment: 'The list' },
    { name: 'user_id', type: 'VARCHAR', of: r => r.list.userId, comment: 'For whom' },
    {
      name: 'time',
      type: 'TIMESTAMP_MS',
      of: r => r.list.time,
      comment: 'Time of the event that gave rise to it (UTC)',
    },
    { name: 'sequence', type: 'BIGINT', of: r => r.list.sequence, comment: 'Row number of that event' },
    { name: 'source_partition', type: 'INTEGER', of: r => r.list.partition, comment: 'Partition of that event' },
    { name: 'source_offset', type: 'BIGINT', of: r => r.list.offset, comment: 'Offset of that event' },
    {
      name: 'model_version',
      type: 'BIGINT',
      of: r => r.list.modelVersion,
      comment: 'Newest version published before it',
    },
    { name: 'policy', type: 'VARCHAR', of: r => r.list.policy, comment: 'Policy that ranked it' },
    { name: 'arm', type: 'VARCHAR', of: r => r.list.arm, comment: 'A/B arm it belongs to' },
    { name: 'rank', type: 'INTEGER', of: r => r.rank, comment: 'Place in the list, from 1' },
    { name: 'item_id', type: 'VARCHAR', of: r => r.item.itemId, comment: 'The item at this place' },
    { name: 'score', type: 'DOUBLE', of: r => r.item.score, comment: 'Expected reward, 0 to 1' },
    {
      name: 'propensity',
      type: 'DOUBLE',
      of: r => r.item.propensity,
      comment: 'Probability that this place shows this item',
    },
    { name: 'reason', type: 'VARCHAR', of: r => r.item.reason, comment: 'Why it is there, in words' },
    {
      name: 'alternatives',
      type: 'VARCHAR',
      of: r => (r.item.alternatives === undefined ? null : JSON.stringify(r.item.alternatives)),
      comment: 'By other arm: propensity of this item at this place, and the item drawn there',
    },
    {
      name: 'short',
      type: 'VARCHAR',
      of: r => r.list.short,
      comment: 'Why the list has fewer items than lists are to have, in words; NULL where it has as many',
    },
  ],
}

export const models = recordTable<Omit<ModelVersion, 'scores' | 'served' | 'index'>>(
  'models',
  'Every version that the learner published.',
  {
    learner: { type: 'VARCHAR', comment: 'The learner' },
    version: { type: 'BIGINT', comment: 'How many events it has learned from' },
    sequence: { type: 'BIGINT', comment: 'Last event that it has seen' },
    sequences: { type: 'BIGINT', comment: 'How many events it has seen' },
    step: { type: 'BIGINT', comment: 'Training steps so far' },
    weightsSha256: { type: 'VARCHAR', comment: 'Digest of the weights' },
    champion: { type: 'VARCHAR', comment: 'Policy that is served' },
  },
)

export type ScoreRow = { model: ModelVersion; score: Score }

export const scores: Table<ScoreRow> = {
  name: 'scores',
  comment:
    'How well each policy predicted events before it learned from them, how good each arm’s lists were, and by what weights its agent ranks, as of each version.',
  columns: [
    { name: 'learner', type: 'VARCHAR', of: s => s.model.learner, comment: 'The learner' },
    { name: 'version', type: 'BIGINT', of: s => s.model.version, comment: 'Version that published the score' },
    {
      name: 'policy',
      type: 'VARCHAR',
      of: s => s.score.policy,
      comment: 'Policy that predicted; of lists and indexes, the arm',
    },
    {
      name: 'metric',
      type: 'VARCHAR',
      of: s => s.score.metric,
      comment:
        'rmse or mae on the source’s scale, auc or logLoss of items new to their users, aucRepeats or logLossRepeats of others; of ddpg-la-residual added, addedLow, addedHigh: its lead over what it corrects, and the 95% interval by users; of lists served.hr10 and so on, recent.hr10 over the last day; of an agent’s index index.fatigue and so on, its weights, and index.serves, 0 while the rating alone serves',
    },
    { name: 'value', type: 'DOUBLE', of: s => s.score.value, comment: 'The score' },
    { name: 'events', type: 'BIGINT', of: s => s.score.events, comment: 'How many events it covers' },
  ],
}

export const commands = recordTable<Omit<LandedCommand, 'forget' | 'weights'>>(
  'commands',
  'Commands to arms and about users: a row when one was asked for, another when the learner took it in.',
  {
    commandId: { type: 'VARCHAR', comment: 'The command, the same in both rows' },
    kind: { type: 'VARCHAR', comment: 'shares, promote, roll-back, guard, merge, forget or weights' },
    arm: { type: 'VARCHAR', comment: 'Whom promote and guard are about' },
    fromUser: { type: 'VARCHAR', comment: 'merge: the user who was not known' },
    toUser: { type: 'VARCHAR', comment: 'merge: whom that was; the events of both are one person’s' },
    shares: {
      type: 'VARCHAR',
      of: shares => JSON.stringify(shares),
      comment: 'By arm: asked for, or in force from applied_at on',
    },
    time: { type: 'TIMESTAMP_MS', comment: 'When it was asked for; guard: event time (UTC)' },
    reason: { type: 'VARCHAR', comment: 'Why, in words' },
    appliedAt: { type: 'BIGINT', comment: 'First event (its sequence) for which it holds; null: asked for' },
    offset: { name: 'source_offset', type: 'BIGINT', comment: 'Offset on the commands topic' },
  },
)

export const deadLetters = recordTable<Omit<DeadLetter, 'after'>>(
  'dead_letters',
  'Records that were rejected, with their original bytes.',
  {
    number: { type: 'BIGINT', comment: 'Row number in this shard, from 1' },
    topic: { type: 'VARCHAR', comment: 'Topic it stood on' },
    partition: { name: 'source_partition', type: 'INTEGER', comment: 'Partition it stood on' },
    offset: { name: 'source_offset', type: 'BIGINT', comment: 'Offset it stood at' },
    timestamp: { name: 'time', type: 'TIMESTAMP_MS', of: storable, comment: 'The record’s timestamp (UTC)' },
    reason: { type: 'VARCHAR', comment: 'Why it was rejected, one word of a fixed list' },
    message: { type: 'VARCHAR', comment: 'Why, in words' },
    key: { type: 'BLOB', comment: 'The record’s key, as it came' },
    value: { type: 'BLOB', comment: 'The record’s value, as it came' },
    headers: { type: 'VARCHAR', of: headersText, comment: 'The record’s headers; bytes as base64' },
  },
)

export const offsets = recordTable<Position>(
  'offsets',
  'The next offset to read of every partition; written in the same transaction as the rows before it.',
  {
    topic: { type: 'VARCHAR', comment: 'Topic' },
    partition: { name: 'source_partition', type: 'INTEGER', comment: 'Partition' },
    offset: { name: 'next_offset', type: 'BIGINT', comment: 'The next offset to read' },
  },
)

export const tables = [events, users, items, recommendations, models, scores, commands, deadLetters, offsets] as const

/** The view `sequences`: interest sequences as rows, one per event. */
function sequencesView(shortLength: number, order: string): string[] {
  const columns: [name: string, expression: string, comment: string][] = [
    ['user_id', 'user_id', 'The user'],
    ['sequence', 'sequence', 'Row number of the event'],
    ['time', 'time', 'When it was done (event time, UTC)'],
    ['item_id', 'item_id', 'The item of the event'],
    ['reward', 'reward', 'What the event is worth to the learner, 0 to 1'],
    ['count', 'count', 'The user’s records so far, this one included'],
    ['short_items', 'list(item_id) OVER short', 'Items of the short window before the event, oldest first'],
    ['short_times', 'list(time) OVER short', 'Their times'],
    ['short_rewards', 'list(reward) OVER short', 'Their rewards'],
  ]
  const selected = columns.map(([name, expression]) => `${expression} AS ${name}`)
  return [
    `CREATE OR REPLACE VIEW sequences AS SELECT ${selected.join(', ')} FROM events WINDOW short AS (
      PARTITION BY user_id ORDER BY ${order} ROWS BETWEEN ${shortLength} PRECEDING AND 1 PRECEDING)`,
    `COMMENT ON VIEW sequences IS ${quote(
      `Each event with the ${shortLength} records of its user before it in order of event time, late ones in their place.`,
    )}`,
    ...columns.map(([name, , comment]) => `COMMENT ON COLUMN sequences.${name} IS ${quote(comment)}`),
  ]
}

const recoveryStatements = [
  `CREATE SCHEMA IF NOT EXISTS ${recovery}`,
  ...createStatements(changes, recovery),
  ...createStatements(beginnings, recovery),
  ...createStatements(origins, recovery),
  ...createStatements(reached, recovery),
  ...createStatements(forgotten, recovery),
  ...createStatements(blockOrder, recovery),
  // Versions whose learner forgot users kept these: nothing reads them, and merges name people.
  ...['learner_rooms', 'merges'].map(table => `DROP TABLE IF EXISTS ${recovery}.${table}`),
]

/** What is made at an opening if it is not there: the view and the macros, which hold no rows, and what recovery keeps. */
export function derivedStatements(shortLength: number): string[] {
  return [...recoveryStatements, ...readingStatements(shortLength)]
}

/** The view and the macros; a user's events stand in the window in this order. */
export function readingStatements(shortLength: number, order = 'time, sequence'): string[] {
  return [
    ...sequencesView(shortLength, order),
    ...[...timeMacros, ...armMacros, ...offPolicyMacros].flatMap(macroStatements),
  ]
}

export function schemaStatements(shortLength: number): string[] {
  return [...tables.flatMap(table => createStatements<never>(table)), ...derivedStatements(shortLength)]
}

/** A foreign record's timestamp may be any number; DuckDB shows times up to the year 275760. */
function storable(time: number): number {
  return Number.isNaN(time) ? 0 : Math.trunc(Math.min(Math.max(time, -8.64e15), 8.64e15))
}
