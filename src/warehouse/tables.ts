import type { Position } from '../log/log.ts'
import type { ModelVersion, Score } from '../records/model-version.ts'
import type { Recommendation, RecommendedItem } from '../records/recommendation.ts'
import type { DeadLetter, EnrichedEvent, ItemRow, LandedCommand, UserRow } from '../records/warehouse.ts'
import { armMacros } from './arm-macros.ts'
import { macroStatements } from './macro.ts'
import { offPolicyMacros } from './off-policy-macros.ts'
import { createStatements, quote, type Table } from './table.ts'

// No table has an index: an index costs every append and every restart, and nothing here looks up single rows.

export const events: Table<EnrichedEvent> = {
  name: 'events',
  comment: 'Behaviour events that were kept, with the profile and the item as they were known when the event came.',
  columns: [
    { name: 'sequence', type: 'BIGINT', of: e => e.sequence, comment: 'Row number in this shard, from 1' },
    { name: 'source_partition', type: 'INTEGER', of: e => e.partition, comment: 'Partition of behaviour-events' },
    { name: 'source_offset', type: 'BIGINT', of: e => e.offset, comment: 'Offset in that partition' },
    { name: 'event_id', type: 'VARCHAR', of: e => e.eventId, comment: 'Id given by the producer' },
    { name: 'user_id', type: 'VARCHAR', of: e => e.userId, comment: 'Who acted' },
    { name: 'item_id', type: 'VARCHAR', of: e => e.itemId, comment: 'On what' },
    {
      name: 'behaviour',
      type: 'VARCHAR',
      of: e => e.behaviour,
      comment: 'What was done: one of the pipeline’s behaviours',
    },
    { name: 'time', type: 'TIMESTAMP_MS', of: e => e.time, comment: 'When it was done (event time, UTC)' },
    {
      name: 'value',
      type: 'DOUBLE',
      of: e => e.value,
      comment: 'The one number of the behaviour: a rating, seconds watched',
    },
    { name: 'properties', type: 'VARCHAR', of: e => e.properties, comment: 'Further named numbers, a JSON object' },
    {
      name: 'recommendation_id',
      type: 'VARCHAR',
      of: e => e.recommendationId,
      comment: 'The list that this event answers',
    },
    { name: 'reward', type: 'DOUBLE', of: e => e.reward, comment: 'What the event is worth to the learner, 0 to 1' },
    { name: 'liked', type: 'BOOLEAN', of: e => e.liked, comment: 'It says that the user liked the item' },
    {
      name: 'late',
      type: 'BOOLEAN',
      of: e => e.late,
      comment: 'Older than an event of the same user that came before it',
    },
    { name: 'user_known', type: 'BOOLEAN', of: e => e.userKnown, comment: 'A profile was there when the event came' },
    { name: 'item_known', type: 'BOOLEAN', of: e => e.itemKnown, comment: 'The item was there when the event came' },
    {
      name: 'user_features',
      type: 'VARCHAR',
      of: e => e.userFeatures,
      comment: 'The user’s features then, a JSON array',
    },
    {
      name: 'item_features',
      type: 'VARCHAR',
      of: e => e.itemFeatures,
      comment: 'The item’s features then, a JSON array',
    },
    { name: 'count', type: 'INTEGER', of: e => e.count, comment: 'The user’s records so far, this one included' },
    {
      name: 'generation',
      type: 'INTEGER',
      of: e => e.generation,
      comment: 'Generation of the duplicate filter that remembers its id',
    },
  ],
}

export const users: Table<UserRow> = {
  name: 'users',
  comment: 'The newest profile of every user; a deleted profile has no row.',
  columns: [
    { name: 'user_id', type: 'VARCHAR', of: u => u.userId, comment: 'The user' },
    { name: 'features', type: 'VARCHAR', of: u => u.features, comment: 'Feature tokens, a JSON array' },
    { name: 'attributes', type: 'VARCHAR', of: u => u.attributes, comment: 'Attributes as they came, a JSON object' },
    {
      name: 'time',
      type: 'TIMESTAMP_MS',
      of: u => storable(u.timestamp),
      comment: 'Timestamp of the profile’s record (UTC)',
    },
    { name: 'source_offset', type: 'BIGINT', of: u => u.offset, comment: 'Offset of the profile’s record' },
  ],
}

export const items: Table<ItemRow> = {
  name: 'items',
  comment: 'The newest description of every item; a deleted item has no row.',
  columns: [
    { name: 'item_id', type: 'VARCHAR', of: i => i.itemId, comment: 'The item' },
    { name: 'title', type: 'VARCHAR', of: i => i.title, comment: 'Its title for people, if it has one' },
    { name: 'features', type: 'VARCHAR', of: i => i.features, comment: 'Feature tokens, a JSON array' },
    { name: 'attributes', type: 'VARCHAR', of: i => i.attributes, comment: 'Attributes as they came, a JSON object' },
    {
      name: 'time',
      type: 'TIMESTAMP_MS',
      of: i => storable(i.timestamp),
      comment: 'Timestamp of the item’s record (UTC)',
    },
    { name: 'source_offset', type: 'BIGINT', of: i => i.offset, comment: 'Offset of the item’s record' },
  ],
}

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
      comment: 'By other arm: propensity of this item at this place, and the item drawn there; a JSON object',
    },
  ],
}

export const models: Table<ModelVersion> = {
  name: 'models',
  comment: 'Every version that the learner published.',
  columns: [
    { name: 'learner', type: 'VARCHAR', of: m => m.learner, comment: 'The learner' },
    { name: 'version', type: 'BIGINT', of: m => m.version, comment: 'How many events it has learned from' },
    { name: 'sequence', type: 'BIGINT', of: m => m.sequence, comment: 'Last event that it has seen' },
    { name: 'sequences', type: 'BIGINT', of: m => m.sequences, comment: 'How many events it has seen' },
    { name: 'step', type: 'BIGINT', of: m => m.step, comment: 'Training steps so far' },
    { name: 'weights_sha256', type: 'VARCHAR', of: m => m.weightsSha256, comment: 'Digest of the weights' },
    { name: 'champion', type: 'VARCHAR', of: m => m.champion, comment: 'Policy that is served' },
  ],
}

export type ScoreRow = { model: ModelVersion; score: Score }

export const scores: Table<ScoreRow> = {
  name: 'scores',
  comment: 'How well each policy predicted events before it learned from them, as of each version.',
  columns: [
    { name: 'learner', type: 'VARCHAR', of: s => s.model.learner, comment: 'The learner' },
    { name: 'version', type: 'BIGINT', of: s => s.model.version, comment: 'Version that published the score' },
    { name: 'policy', type: 'VARCHAR', of: s => s.score.policy, comment: 'Policy that predicted' },
    {
      name: 'metric',
      type: 'VARCHAR',
      of: s => s.score.metric,
      comment: 'rmse or mae on the source’s scale, auc or logLoss',
    },
    { name: 'value', type: 'DOUBLE', of: s => s.score.value, comment: 'The score' },
    { name: 'events', type: 'BIGINT', of: s => s.score.events, comment: 'How many events it covers' },
  ],
}

export const commands: Table<LandedCommand> = {
  name: 'commands',
  comment: 'Commands to the arms: a row when one was asked for, another when the learner took it in.',
  columns: [
    { name: 'command_id', type: 'VARCHAR', of: c => c.commandId, comment: 'The command, the same in both rows' },
    { name: 'kind', type: 'VARCHAR', of: c => c.kind, comment: 'shares, promote, roll-back or guard' },
    { name: 'arm', type: 'VARCHAR', of: c => c.arm, comment: 'Whom promote and guard are about' },
    {
      name: 'shares',
      type: 'VARCHAR',
      of: c => JSON.stringify(c.shares),
      comment: 'By arm: asked for, or in force from applied_at on; a JSON object',
    },
    { name: 'time', type: 'TIMESTAMP_MS', of: c => c.time, comment: 'When it was asked for; guard: event time (UTC)' },
    { name: 'reason', type: 'VARCHAR', of: c => c.reason, comment: 'Why, in words' },
    {
      name: 'applied_at',
      type: 'BIGINT',
      of: c => c.appliedAt,
      comment: 'First event (its sequence) for which it holds; null: asked for',
    },
    { name: 'source_offset', type: 'BIGINT', of: c => c.offset, comment: 'Offset on the commands topic' },
  ],
}

export const deadLetters: Table<DeadLetter> = {
  name: 'dead_letters',
  comment: 'Records that were rejected, with their original bytes.',
  columns: [
    { name: 'number', type: 'BIGINT', of: d => d.number, comment: 'Row number in this shard, from 1' },
    { name: 'topic', type: 'VARCHAR', of: d => d.topic, comment: 'Topic it stood on' },
    { name: 'source_partition', type: 'INTEGER', of: d => d.partition, comment: 'Partition it stood on' },
    { name: 'source_offset', type: 'BIGINT', of: d => d.offset, comment: 'Offset it stood at' },
    { name: 'time', type: 'TIMESTAMP_MS', of: d => storable(d.timestamp), comment: 'The record’s timestamp (UTC)' },
    { name: 'reason', type: 'VARCHAR', of: d => d.reason, comment: 'Why it was rejected, one word of a fixed list' },
    { name: 'message', type: 'VARCHAR', of: d => d.message, comment: 'Why, in words' },
    { name: 'key', type: 'BLOB', of: d => d.key, comment: 'The record’s key, as it came' },
    { name: 'value', type: 'BLOB', of: d => d.value, comment: 'The record’s value, as it came' },
  ],
}

export const offsets: Table<Position> = {
  name: 'offsets',
  comment: 'The next offset to read of every partition; written in the same transaction as the rows before it.',
  columns: [
    { name: 'topic', type: 'VARCHAR', of: p => p.topic, comment: 'Topic' },
    { name: 'source_partition', type: 'INTEGER', of: p => p.partition, comment: 'Partition' },
    { name: 'next_offset', type: 'BIGINT', of: p => p.offset, comment: 'The next offset to read' },
  ],
}

export const tables = [events, users, items, recommendations, models, scores, commands, deadLetters, offsets] as const

/** The view `sequences`: interest sequences as rows, one per event. */
export function sequencesView(shortLength: number): string[] {
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
      PARTITION BY user_id ORDER BY time, sequence ROWS BETWEEN ${shortLength} PRECEDING AND 1 PRECEDING)`,
    `COMMENT ON VIEW sequences IS ${quote(
      `Each event with the ${shortLength} records of its user before it in order of event time, late ones in their place.`,
    )}`,
    ...columns.map(([name, , comment]) => `COMMENT ON COLUMN sequences.${name} IS ${quote(comment)}`),
  ]
}

/** What is made anew at every opening: the view and the macros, which hold no rows. */
export function derivedStatements(shortLength: number): string[] {
  return [...sequencesView(shortLength), ...[...armMacros, ...offPolicyMacros].flatMap(macroStatements)]
}

export function schemaStatements(shortLength: number): string[] {
  return [...tables.flatMap(table => createStatements<never>(table)), ...derivedStatements(shortLength)]
}

/** A foreign record's timestamp may be any number; DuckDB shows times up to the year 275760. */
function storable(time: number): number {
  return Number.isNaN(time) ? 0 : Math.trunc(Math.min(Math.max(time, -8.64e15), 8.64e15))
}
