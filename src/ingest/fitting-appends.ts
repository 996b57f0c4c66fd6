import { isRecstreamError } from '../errors.ts'
import type { OutgoingRecord, Producer } from '../log/log.ts'

/** Appends of at most about this many bytes: one is held in memory whole, and lands whole or not at all. */
const portionBytes = 32 * 2 ** 20

/**
 * Appends to a topic that may take less than we make: a record that it refuses as too large is made smaller, and so is
 * what comes after it.
 *
 * `recordsOf` gives the records of a part, none of them above `largest` bytes if that can be.
 */
export class FittingAppends<Part> {
  readonly #producer: Producer
  readonly #topic: string
  readonly #recordsOf: (part: Part, largest: number) => OutgoingRecord[]
  #largest: number

  constructor(
    producer: Producer,
    topic: string,
    largest: number,
    recordsOf: (part: Part, largest: number) => OutgoingRecord[],
  ) {
    this.#producer = producer
    this.#topic = topic
    this.#largest = largest
    this.#recordsOf = recordsOf
  }

  async append(parts: readonly Part[]): Promise<void> {
    for (let done = 0; done < parts.length; ) {
      const { records, taken } = this.#portion(parts, done)
      try {
        await this.#producer.append(this.#topic, records)
        done += taken
      } catch (error) {
        // One by one: there may be more of them than a call takes arguments.
        const half = Math.floor(records.reduce((largest, record) => Math.max(largest, bytesOf(record)), 0) / 2)
        // Nothing gets smaller any more: what is left cannot be cut.
        if (!isRecstreamError(error, 'RECORD_TOO_LARGE') || half >= this.#largest) throw error
        this.#largest = half
      }
    }
  }

  #portion(parts: readonly Part[], from: number): { records: OutgoingRecord[]; taken: number } {
    const records: OutgoingRecord[] = []
    let bytes = 0
    let taken = 0
    for (; from + taken < parts.length; taken++) {
      const more = this.#recordsOf(parts[from + taken]!, this.#largest)
      const size = more.reduce((sum, record) => sum + bytesOf(record), 0)
      if (taken > 0 && bytes + size > portionBytes) break
      records.push(...more)
      bytes += size
    }
    return { records, taken }
  }
}

/** About what a record comes to. */
export function bytesOf({ key, value, headers = {} }: OutgoingRecord): number {
  const named = Object.entries(headers).reduce((sum, [name, value]) => sum + name.length + value.length, 0)
  return (key?.length ?? 0) + (value?.length ?? 0) + named
}
