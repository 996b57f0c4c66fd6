import type { Log } from '../log/log.ts'
import type { BehaviourEvent, PipelineDefinition } from '../records/definition.ts'
import type { Forgotten } from '../records/forgotten.ts'
import { onlyPart, type Part } from '../records/part.ts'
import { topicsOf } from '../records/topics.ts'
import type { ChangeRow, NewestRows, Warehouse } from '../records/warehouse.ts'
import type { Collector } from './collect/collect.ts'
import type { NoticeAbout } from './intake.ts'
import { Outbox } from './outbox.ts'
import { Stages } from './stages.ts'

const chunk = 10_000

export interface Restored {
  outbox: Outbox
  stages: Stages
  newest: NewestRows
}

/**
 * Bring ingest back to where the last commit left it, and publish what was committed and not yet published.
 *
 * Windows are restored as of the last published row, not the last committed one: the rows between are windowed again,
 * which gives the very sequences that the crash kept from the topic.
 */
export async function restore(options: {
  definition: PipelineDefinition
  log: Log
  warehouse: Warehouse
  collector: Collector<BehaviourEvent>
  clock: () => number
  forgotten: Forgotten
  onNotice?: (message: string, about: NoticeAbout) => void
  part?: Part
}): Promise<Restored> {
  const { definition, log, warehouse, collector, clock, forgotten, part = onlyPart, onNotice = () => {} } = options
  const { shortLength } = definition.window
  const { botWindowMs } = definition.clean
  const outbox = await Outbox.open(log, topicsOf(definition.name), definition.name, part)
  const newest = await warehouse.newest()
  const { publishedSequence, publishedChange } = outbox
  const position = {
    sequence: newest.sequence,
    deadLetter: newest.deadLetter,
    recent: await warehouse.recentIds(),
    key: outbox.filterKey,
    change: Math.max(newest.change, publishedChange ?? 0),
    publishedSequence,
    publishedChange,
  }
  const stages = new Stages({ definition, collector, position, clock, forgotten, onNotice, part })
  for await (const windows of warehouse.windows({ upTo: publishedSequence, shortLength, botWindowMs })) {
    stages.loadUsers(windows, true)
  }
  for await (const users of warehouse.users()) stages.loadFeatures({ users }, true)
  for await (const items of warehouse.items()) stages.loadFeatures({ items }, true)
  const changes = new Ahead(warehouse.changes(outbox.published))
  for (let after = publishedSequence; after < newest.sequence; ) {
    const rows = await warehouse.events(after, chunk)
    if (rows.length === 0) break
    const userIds = stages.missingUsers(rows)
    if (userIds.length > 0) {
      for await (const windows of warehouse.windows({ upTo: after, shortLength, botWindowMs, userIds })) {
        stages.loadUsers(windows, false)
      }
    }
    after = rows.at(-1)!.sequence
    await outbox.publish(stages.rewind(rows, await changes.upTo(after)), [])
    stages.trim()
  }
  await outbox.publish(stages.rewind([], await changes.upTo(Number.POSITIVE_INFINITY)), [])
  for (let after = outbox.publishedDeadLetter; after < newest.deadLetter; ) {
    const letters = await warehouse.deadLetters(after, chunk)
    if (letters.length === 0) break
    await outbox.publish([], letters)
    after = letters.at(-1)!.number
  }
  return { outbox, stages, newest }
}

/** Changes that are read as far as they are needed. */
class Ahead {
  readonly #chunks: AsyncIterator<ChangeRow[]>
  #read: ChangeRow[] = []
  #ended = false

  constructor(chunks: AsyncIterable<ChangeRow[]>) {
    this.#chunks = chunks[Symbol.asyncIterator]()
  }

  /** Those before rows up to this one that were not taken yet. */
  async upTo(sequence: number): Promise<ChangeRow[]> {
    while (!this.#ended && (this.#read.at(-1)?.sequence ?? 0) <= sequence) {
      const { value, done } = await this.#chunks.next()
      if (done) this.#ended = true
      else this.#read.push(...value)
    }
    const end = this.#read.findIndex(change => change.sequence > sequence)
    return this.#read.splice(0, end < 0 ? this.#read.length : end)
  }
}
