import type { Log } from '../log/log.ts'
import type { Beginning } from '../records/beginning.ts'
import { isDated } from '../records/checks/time.ts'
import type { Topics } from '../records/topics.ts'
import type { Warehouse } from '../records/warehouse.ts'
import { noBatch } from './no-batch.ts'
import type { Outbox } from './outbox.ts'

interface Parts {
  log: Log
  topics: Topics
  warehouse: Warehouse
  outbox: Outbox
}

/**
 * Profiles and items that stood on their topics when the first event came, dated later than every event that was there, are
 * known from the beginning: they were loaded for that history, and dated by the clock.
 *
 * Where they end is written to the log before it takes effect (every block says it), and to the warehouse; whatever is built
 * again goes by it.
 */
export class Beginnings {
  readonly #parts: Parts
  /** Null until it is decided. */
  #known: readonly Beginning[] | null

  private constructor(parts: Parts, known: readonly Beginning[] | null) {
    this.#parts = parts
    this.#known = known
  }

  /** What was decided before, if it was; `sequence` is the newest row that the warehouse holds. */
  static async open(parts: Parts, sequence: number): Promise<Beginnings> {
    const { topics, warehouse, outbox } = parts
    const kept = await warehouse.beginnings()
    if (kept.length > 0) return new Beginnings(parts, kept)
    const known = knownIn(outbox.known, topics)
    if (known !== null) await warehouse.commit({ ...noBatch, beginnings: known })
    // A pipeline of before knew nothing from its beginning.
    const begun = sequence > 0 || outbox.publishedSequence > 0
    return new Beginnings(parts, known ?? (begun ? [] : null))
  }

  /** Where what is known from the beginning ends, once that is decided. */
  get known(): readonly Beginning[] {
    return this.#known ?? []
  }

  /** Decide it, at the first event; what is known from now on. */
  async decide(): Promise<readonly Beginning[]> {
    if (this.#known !== null) return this.#known
    const { log, topics, warehouse, outbox } = this.#parts
    const known: Beginning[] = []
    const times = (await log.newest(topics.behaviourEvents)).map(({ timestamp }) => timestamp).filter(isDated)
    const after = Math.max(0, ...times)
    for (const topic of [topics.userProfiles, topics.items]) {
      for (const { partition, first, end } of await log.ranges(topic)) {
        if (end > first) known.push({ topic, partition, offset: end, after })
      }
    }
    if (known.length > 0) {
      await outbox.begin(JSON.stringify(known.map(each => placeIn(each, topics))))
      await warehouse.commit({ ...noBatch, beginnings: known })
    }
    this.#known = known
    return known
  }
}

type Place = [role: 'items' | 'user-profiles', partition: number, offset: number, after: number]

function placeIn({ topic, partition, offset, after }: Beginning, topics: Topics): Place {
  return [topic === topics.items ? 'items' : 'user-profiles', partition, offset, after]
}

function knownIn(text: string | null, topics: Topics): Beginning[] | null {
  if (text === null) return null
  return (JSON.parse(text) as Place[]).map(([role, partition, offset, after]) => ({
    topic: role === 'items' ? topics.items : topics.userProfiles,
    partition,
    offset,
    after,
  }))
}
