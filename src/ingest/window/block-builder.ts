import { emptyBlock } from '../../records/block-parts.ts'
import type { Change, InterestBlock } from '../../records/interest-block.ts'
import { sequenceOfList } from '../../records/recommendation.ts'
import { packSignals } from '../../records/signals.ts'
import type { ChangeRow, EnrichedEvent, Published, TraceTold } from '../../records/warehouse.ts'
import type { UserState } from './user-state.ts'

/** A block that has come to this many bytes is finished: Kafka takes a megabyte a record by default. */
const fullBytes = 600_000

/**
 * Collects sequences into blocks of at most `size`, with the changes before each; strings go into each block's tables once.
 *
 * So many changes may come before one sequence that blocks without any are made of them.
 */
export class BlockBuilder {
  readonly #size: number
  readonly #after: Published
  #block = emptyBlock()
  #users = new Map<string, number>()
  #items = new Map<string, number>()
  #behaviours = new Map<string, number>()
  #finished: InterestBlock[] = []
  /** About what the block comes to when it is encoded. */
  #bytes = 0

  /** Attributes with which the next sequence's user stands in its block. */
  #attributes = ''
  /** The trace of the next sequence's event. */
  #trace: TraceTold | null = null

  /** Sequences and changes up to `after` are published already and are left out. */
  constructor(size: number, after: Published = { sequence: 0, change: 0 }) {
    this.#size = size
    this.#after = after
  }

  /** Add one event with its user's short window as it stood before the event. */
  add(event: EnrichedEvent, before: UserState): void {
    const [attributes, trace] = [this.#attributes, this.#trace]
    this.#attributes = ''
    this.#trace = null
    if (event.sequence <= this.#after.sequence) return
    const block = this.#block
    block.sequence.push(event.sequence)
    block.partition.push(event.partition)
    block.offset.push(event.offset)
    block.user.push(this.#user(event.userId, event.userFeatures, attributes))
    block.item.push(this.#item(event.itemId, event.itemFeatures))
    block.behaviour.push(this.#behaviour(event.behaviour))
    block.time.push(event.time)
    block.reward.push(event.reward)
    block.like.push(event.liked ? 1 : 0)
    block.signals.push(packSignals(event.value, propertiesOf(event.properties)))
    block.answers.push(event.recommendationId === null ? 0 : sequenceOfList(event.recommendationId))
    block.late.push(event.late ? 1 : 0)
    block.count.push(event.count)
    block.shortCount.push(before.items.length)
    if (trace !== null) {
      const { parent, state } = trace
      block.traces.push({ sequence: event.sequence, parent, state })
      this.#bytes += 70 + state.length
    }
    this.#bytes += 69 + 20 * before.items.length
    for (let k = 0; k < before.items.length; k++) {
      block.shortItem.push(this.#shortItem(before.items[k]!))
      block.shortTime.push(before.times[k]!)
      block.shortReward.push(before.rewards[k]!)
    }
    if (block.sequence.length === this.#size || this.#bytes >= fullBytes) this.#finish()
  }

  /** Add what became known before the event that is added next. */
  change(row: ChangeRow): void {
    if (row.kind === 'attributes') {
      this.#attributes = row.attributes
      return
    }
    if (row.kind === 'trace') {
      this.#trace = row
      return
    }
    if (row.number <= this.#after.change) return
    const { sequence: _, ...change } = row
    this.#bytes += bytesOf(row)
    this.#block.changes.push({ ...change, before: this.#block.sequence.length } as Change)
    if (this.#bytes >= fullBytes) this.#finish()
  }

  /** The blocks since the last call. */
  take(): InterestBlock[] {
    if (this.#block.sequence.length + this.#block.changes.length > 0) this.#finish()
    const finished = this.#finished
    this.#finished = []
    return finished
  }

  #finish(): void {
    this.#finished.push(this.#block)
    this.#block = emptyBlock()
    this.#bytes = 0
    this.#users = new Map()
    this.#items = new Map()
    this.#behaviours = new Map()
  }

  #user(id: string, features: string, attributes: string): number {
    const users = this.#block.users
    const known = this.#users.get(id)
    if (known !== undefined && users[known]!.features === features && users[known]!.attributes === attributes) {
      return known
    }
    this.#users.set(id, users.length)
    this.#bytes += Buffer.byteLength(id) + Buffer.byteLength(features) + Buffer.byteLength(attributes)
    return users.push({ id, features, attributes }) - 1
  }

  #item(id: string, features: string): number {
    const items = this.#block.items
    const known = this.#items.get(id)
    if (known !== undefined && items[known]!.features === features) return known
    this.#items.set(id, items.length)
    this.#bytes += Buffer.byteLength(id) + Buffer.byteLength(features)
    return items.push({ id, features }) - 1
  }

  /** An item of the short window stands with whatever features the block has for it, none if it has none yet. */
  #shortItem(id: string): number {
    const known = this.#items.get(id)
    if (known !== undefined) return known
    const items = this.#block.items
    this.#items.set(id, items.length)
    this.#bytes += Buffer.byteLength(id)
    return items.push({ id, features: '' }) - 1
  }

  #behaviour(name: string): number {
    const known = this.#behaviours.get(name)
    if (known !== undefined) return known
    this.#behaviours.set(name, this.#block.behaviours.length)
    return this.#block.behaviours.push(name) - 1
  }
}

const durationAlone = '{"duration":'

function propertiesOf(text: string | null): Record<string, number> | null {
  if (text === null) return null
  // What most events say is read without a parser, which costs ingest 2% of its time.
  if (text.startsWith(durationAlone) && !text.includes(','))
    return { duration: Number(text.slice(durationAlone.length, -1)) }
  return JSON.parse(text) as Record<string, number>
}

/** About what a change comes to when it is encoded. */
function bytesOf(change: Exclude<ChangeRow, { number: null }>): number {
  const texts = [change.features, change.attributes]
  const more = change.kind === 'item' ? [change.title ?? '', ...change.tags] : []
  const of = (all: readonly string[]) => all.reduce((sum, text) => sum + Buffer.byteLength(text) + 10, 0)
  return 30 + Buffer.byteLength(change.id) + of(texts) + of(more)
}
