import type { InterestBlock } from '../../records/interest-block.ts'
import { sequenceOfList } from '../../records/recommendation.ts'
import type { EnrichedEvent } from '../../records/warehouse.ts'
import type { UserState } from './user-state.ts'

/** A block without sequences. */
export function emptyBlock(): InterestBlock {
  return {
    sequence: [],
    partition: [],
    offset: [],
    user: [],
    item: [],
    behaviour: [],
    time: [],
    reward: [],
    like: [],
    answers: [],
    late: [],
    count: [],
    shortCount: [],
    shortItem: [],
    shortTime: [],
    shortReward: [],
    users: [],
    items: [],
    behaviours: [],
    changes: [],
  }
}

/** A block that has come to this many bytes is finished: Kafka takes a megabyte a record by default. */
const fullBytes = 600_000

/** Collects sequences into blocks of at most `size`; strings go into each block's tables once. */
export class BlockBuilder {
  readonly #size: number
  readonly #after: number
  #block = emptyBlock()
  #users = new Map<string, number>()
  #items = new Map<string, number>()
  #behaviours = new Map<string, number>()
  #finished: InterestBlock[] = []
  /** About what the block comes to when it is encoded. */
  #bytes = 0

  /** Sequences up to row number `after` are published already and are left out. */
  constructor(size: number, after = 0) {
    this.#size = size
    this.#after = after
  }

  /** Add one event with its user's short window as it stood before the event. */
  add(event: EnrichedEvent, before: UserState): void {
    if (event.sequence <= this.#after) return
    const block = this.#block
    block.sequence.push(event.sequence)
    block.partition.push(event.partition)
    block.offset.push(event.offset)
    block.user.push(this.#user(event.userId, event.userFeatures))
    block.item.push(this.#item(event.itemId, event.itemFeatures))
    block.behaviour.push(this.#behaviour(event.behaviour))
    block.time.push(event.time)
    block.reward.push(event.reward)
    block.like.push(event.liked ? 1 : 0)
    block.answers.push(event.recommendationId === null ? 0 : sequenceOfList(event.recommendationId))
    block.late.push(event.late ? 1 : 0)
    block.count.push(event.count)
    block.shortCount.push(before.items.length)
    this.#bytes += 65 + 20 * before.items.length
    for (let k = 0; k < before.items.length; k++) {
      block.shortItem.push(this.#shortItem(before.items[k]!))
      block.shortTime.push(before.times[k]!)
      block.shortReward.push(before.rewards[k]!)
    }
    if (block.sequence.length === this.#size || this.#bytes >= fullBytes) this.#finish()
  }

  /** The blocks since the last call. */
  take(): InterestBlock[] {
    if (this.#block.sequence.length > 0) this.#finish()
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

  #user(id: string, features: string): number {
    const users = this.#block.users
    const known = this.#users.get(id)
    if (known !== undefined && users[known]!.features === features) return known
    this.#users.set(id, users.length)
    this.#bytes += Buffer.byteLength(id) + Buffer.byteLength(features)
    return users.push({ id, features, attributes: '' }) - 1
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
