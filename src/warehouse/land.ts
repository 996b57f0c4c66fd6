import type { DuckDBConnection } from '@duckdb/node-api'
import type { Position } from '../log/log.ts'
import type { BlockTaken } from '../records/block-order.ts'
import { indexScores } from '../records/index-weights.ts'
import type { ModelVersion } from '../records/model-version.ts'
import type { Recommendation } from '../records/recommendation.ts'
import { listScores } from '../records/served-scores.ts'
import type { WarehouseBatch } from '../records/warehouse.ts'
import { ChunkWriter } from './chunk-writer.ts'
import { LIST, listValue, VARCHAR } from './duckdb.ts'
import { readRows } from './read-rows.ts'
import { beginnings, blockOrder, changes, forgetChanges, type OrderLanded, recovery } from './recovery-tables.ts'
import { quote, type Table } from './table.ts'
import {
  commands,
  deadLetters,
  events,
  items,
  models,
  offsets,
  type RecommendationRow,
  recommendations,
  type ScoreRow,
  scores,
  users,
} from './tables.ts'

/** The newest of what comes from the learner; decides which repeats are left out. */
export interface Landed {
  recommendationSequence: number
  version: number
  /** Of the order of blocks. */
  order: OrderLanded
}

/** Writes the rows of a batch through one connection; the caller opens and ends the transaction. */
export class Landing {
  readonly #connection: DuckDBConnection
  readonly #events = new ChunkWriter(events)
  readonly #deadLetters = new ChunkWriter(deadLetters)
  readonly #users = new ChunkWriter(users)
  readonly #items = new ChunkWriter(items)
  readonly #recommendations = new ChunkWriter(recommendations)
  readonly #models = new ChunkWriter(models)
  readonly #scores = new ChunkWriter(scores)
  readonly #commands = new ChunkWriter(commands)
  readonly #offsets = new ChunkWriter(offsets)
  readonly #changes = new ChunkWriter(changes)
  readonly #beginnings = new ChunkWriter(beginnings)
  readonly #blockOrder = new ChunkWriter(blockOrder)

  constructor(connection: DuckDBConnection) {
    this.#connection = connection
  }

  /** Put all rows of a batch in the open transaction; what has landed once it is committed. */
  async write(batch: WarehouseBatch, before: Landed): Promise<Landed> {
    await this.#append(events, this.#events, batch.events)
    await this.#append(deadLetters, this.#deadLetters, batch.deadLetters)
    await this.#writeFeatures(batch)
    await this.#append(changes, this.#changes, batch.changes, recovery)
    await this.#append(beginnings, this.#beginnings, batch.beginnings ?? [], recovery)
    if (batch.published !== undefined) await forgetChanges(this.#connection, batch.published)
    await this.#writePositions(newest(batch.positions, position => `${position.partition} ${position.topic}`))
    const lists = await this.#unseen(batch.recommendations, before.recommendationSequence)
    const listRows = lists.flatMap(list =>
      list.items.map((item, k): RecommendationRow => ({ list, rank: k + 1, item })),
    )
    await this.#append(recommendations, this.#recommendations, listRows)
    const versions = rising(batch.versions, before.version)
    const scoreRows = versions.flatMap(model =>
      [
        ...model.scores,
        ...model.served.flatMap(listScores),
        ...model.index.flatMap(index => indexScores(index, model.sequences)),
      ].map((score): ScoreRow => ({ model, score })),
    )
    await this.#append(models, this.#models, versions)
    await this.#append(scores, this.#scores, scoreRows)
    await this.#append(commands, this.#commands, batch.commands)
    const { taken, order } = untaken(batch.order ?? [], before.order)
    await this.#append(blockOrder, this.#blockOrder, taken, recovery)
    const recommendationSequence = lists.reduce(
      (highest, list) => Math.max(highest, list.sequence),
      before.recommendationSequence,
    )
    return { recommendationSequence, version: versions.at(-1)?.version ?? before.version, order }
  }

  async #writeFeatures(batch: WarehouseBatch): Promise<void> {
    const userRows = newest(batch.users, user => user.userId)
    const itemRows = newest(batch.items, item => item.itemId)
    await this.#remove('users', 'user_id', [...userRows.keys()])
    await this.#remove('items', 'item_id', [...itemRows.keys()])
    await this.#append(
      users,
      this.#users,
      [...userRows.values()].filter(user => !user.deleted),
    )
    await this.#append(
      items,
      this.#items,
      [...itemRows.values()].filter(item => !item.deleted),
    )
  }

  async #writePositions(positions: ReadonlyMap<string, Position>): Promise<void> {
    if (positions.size === 0) return
    const keys = [...positions.values()].map(({ topic, partition }) => `(${quote(topic)}, ${partition})`)
    await this.#connection.run(`DELETE FROM offsets WHERE (topic, source_partition) IN (VALUES ${keys.join(', ')})`)
    await this.#append(offsets, this.#offsets, [...positions.values()])
  }

  async #remove(table: 'users' | 'items', key: string, ids: string[]): Promise<void> {
    if (ids.length === 0) return
    const sql = `DELETE FROM ${table} WHERE ${key} IN (SELECT unnest($1))`
    await this.#connection.run(sql, [listValue(ids)], [LIST(VARCHAR)])
  }

  /**
   * Lists that have not landed. A topic of several partitions gives them in no order of sequence, so a list below the
   * newest may be new; whether it is, the table says.
   */
  async #unseen(lists: readonly Recommendation[], newestSequence: number): Promise<Recommendation[]> {
    const known = new Set<string>()
    let lowest = Number.POSITIVE_INFINITY
    for (const list of lists) lowest = Math.min(lowest, list.sequence)
    if (lowest <= newestSequence) {
      const sql = `SELECT DISTINCT recommendation_id FROM recommendations WHERE sequence >= ${lowest}`
      for await (const rows of readRows(this.#connection, sql, ([id]) => id as string)) {
        for (const id of rows) known.add(id)
      }
    }
    // By id, not by sequence: an event may give rise to a list of its user's and to one for somebody without an event.
    return lists.filter(({ recommendationId: id }) => !known.has(id) && known.add(id))
  }

  async #append<Row>(
    table: Table<Row>,
    writer: ChunkWriter<Row>,
    rows: readonly Row[],
    schema = 'main',
  ): Promise<void> {
    if (rows.length === 0) return
    const appender = await this.#connection.createAppender(table.name, schema)
    writer.append(appender, rows)
    appender.closeSync()
  }
}

/** Versions stand on one partition in order, so a repeat is one that does not rise. */
function rising(versions: readonly ModelVersion[], after: number): ModelVersion[] {
  let newest = after
  return versions.filter(({ version }) => {
    if (version <= newest) return false
    newest = version
    return true
  })
}

/** Of each part rows and changes only rise, so a repeat is a block that brings neither. */
function untaken(blocks: readonly BlockTaken[], before: OrderLanded): { taken: BlockTaken[]; order: OrderLanded } {
  if (blocks.length === 0) return { taken: [], order: before }
  const order = new Map(before)
  const taken = blocks.filter(({ part, to, change }) => {
    const landed = order.get(part)
    if (landed !== undefined && to <= landed.to && change <= landed.change) return false
    order.set(part, { to, change })
    return true
  })
  return { taken, order }
}

/** The last row of every key. */
function newest<Row>(rows: readonly Row[], keyOf: (row: Row) => string): Map<string, Row> {
  const newest = new Map<string, Row>()
  for (const row of rows) newest.set(keyOf(row), row)
  return newest
}
